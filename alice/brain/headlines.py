"""One line that says the most important thing of a brief, made of what the brief itself tells.

It must not say anything that has no statement below it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from alice.brain import discussions
from alice.brain.owing import Owing, lateness
from alice.brain.statements import about, cite, is_me, saying, today
from alice.brain.wording import alike, clause, count, day, joined, terms, together, topic
from alice.domain.composing.briefing import ClaimNote, Inputs
from alice.domain.composing.grounding import Citation, Section, Statement
from alice.domain.vocab import StatementKind

LONGEST = 80
_WHOLE = 140
_LEANING = re.compile(
    r"^(?:this|that|it|these|those|they|we|he|she|also|so|and|but|general consensus)\b"
    r"|^(?:planned|planning|currently|working|waiting|going|looking|hoping|trying|leave|"
    r"still|now|just|if|looks like|have)\b"
    r"|\b(?:you|your|this|that|it|also|then|please)\b|, ",
    re.IGNORECASE,
)
_SAYS = re.compile(
    r"\b(?:is|are|was|were|be|been|will|won't|has|have|had|can|did|does|to|going|out|[a-z]{3,}ed|passes|volunteers)\b"
)

Part = tuple[str, str, tuple[Citation, ...]]  # words, what they are about, where they come from


def headline(inputs: Inputs, owing: Owing, decided: Sequence[ClaimNote], sections: Sequence[Section]) -> Statement:
    """Return the headline: what is most pressing, else what happened, and what else is new on another topic."""
    happened = [*_claims(decided), *_news(sections)]
    new = happened[:1] + sorted([*happened[1:], *_loops(owing, inputs)], key=lambda part: telling(part[0]))
    first = next(iter([*_pressing(owing, inputs), *new]), None)
    if first is None:
        said = [one for section in sections if section.key == "changed" for one in section.statements]
        return topics(said) or _listed(said) or Statement(StatementKind.INFERENCE, plainly(inputs, owing))
    second = next((part for part in new if _apart(first, part)), None)
    words = first[0] if second is None else together(first[0], second[0], _people(inputs))
    cites = first[2] if second is None else (*first[2], *second[2])
    return Statement(StatementKind.INFERENCE, words[:1].upper() + words[1:], tuple(dict.fromkeys(cites)))


def topics(said: Sequence[Statement]) -> Statement | None:
    """Return a headline that names the first topics of what is new, where no sentence can stand alone."""
    named = [one for one in said if one.kind is StatementKind.FACT and one.topic and len(one.topic) <= LONGEST][:2]
    if not named:
        return None
    if sum(len(str(one.topic)) for one in named) > LONGEST:
        named = named[:1]
    names = joined([f"“{one.topic}”" for one in named])
    cites = tuple(dict.fromkeys(citation for one in named for citation in one.citations[:1]))
    return Statement(StatementKind.INFERENCE, f"New on {names}", cites)


def _listed(said: Sequence[Statement]) -> Statement | None:
    """Return a headline of topics of which no more than the name is told."""
    for one in said:
        lead, _, names = one.text.removesuffix(".").partition(": ")
        if lead in (discussions.ON_THE_TABLE, discussions.ON_THE_AGENDA):
            return on_the_table(names.split("; "), one.citations)
    return None


def on_the_table(names: Sequence[str], cites: Sequence[Citation]) -> Statement | None:
    """Return a headline that only names the first topics; None when the first is too long for a line."""
    short = [name for name in names[:2] if len(name) <= LONGEST]
    if not short or short[0] != names[0]:
        return None
    short = short if sum(map(len, short)) <= LONGEST else short[:1]
    words = f"On the table: {joined([f'“{name}”' for name in short])}"
    return Statement(StatementKind.INFERENCE, words, tuple(cites[: len(short)]))


def _people(inputs: Inputs) -> set[str]:
    """Return the given names of everybody who owes something or is waited for."""
    named = (name for loop in inputs.loops for name in (loop.owner, loop.waiting_for) if name)
    return {name.split()[0] for name in named if name.strip()}


def telling(text: str) -> tuple[int, str]:
    """Return a key that orders clauses by how much they tell: names, numbers and other words of their own."""
    words = text.split()
    named = sum(word[:1].isupper() or any(c.isdigit() for c in word) for word in words[1:])
    return (-min(len(terms(text)), 7) - 2 * min(named, 2), text)


def plainly(inputs: Inputs, owing: Owing) -> str:
    """Return a headline from counts alone."""
    if inputs.newest_at is None:
        return "Nothing has come in yet"
    if inputs.sources:
        newest = sorted(inputs.sources, key=lambda s: (-s.occurred_at.timestamp(), s.title))
        names = [f"“{name}”" for name in dict.fromkeys(topic(source.title) for source in newest)][:2]
        if inputs.news_count <= 2:
            return f"New: {joined(names)}"
        return f"{count(inputs.news_count, 'new note').capitalize()}, among them {joined(names)}"
    loops = len(owing.all)
    return f"Nothing new, and {count(loops, 'loop')} still open" if loops else "Nothing new, and nothing is owed"


def _pressing(owing: Owing, inputs: Inputs) -> Iterator[Part]:
    """Yield what is due or waits on the reader."""
    for loop in owing.all:
        late, mine = lateness(loop, inputs), is_me(loop.owner, inputs)
        subject, words = about(loop), worthy(saying(loop))
        if mine and subject and len(subject) <= 40:
            yield f"{subject} is waiting on you", subject, cite(loop.words)[:1]
        elif words and loop.owner and loop.due_on and late is not None and -7 <= late <= 30:
            when = f"{'was ' if late > 0 else ''}due {day(loop.due_on, today(inputs))}"
            yield words if "due" in words else f"{words} ({when})", subject, cite(loop.words)[:1]
        elif mine and words:
            yield words, subject, cite(loop.words)[:1]


def _loops(owing: Owing, inputs: Inputs) -> Iterator[Part]:
    """Yield the loops that came up in the news and begin with who has to act."""
    news = {source.id for source in inputs.sources}
    for loop in owing.all:
        fresh = any(words.source_id in news for words in loop.words)
        if fresh and loop.owner and (words := worthy(saying(loop))) and words.startswith(loop.owner.split()[0]):
            yield words, about(loop), cite(loop.words)[:1]


def _claims(claims: Sequence[ClaimNote]) -> Iterator[Part]:
    for claim in claims:
        if words := worthy(claim.text, least=3):
            yield words, about(claim), cite(claim.words)[:1]


def _news(sections: Sequence[Section]) -> Iterator[Part]:
    """Yield the facts of what changed that stand by themselves, their first sentence each."""
    for said in (one for section in sections if section.key == "changed" for one in section.statements):
        if said.kind is StatementKind.FACT and not said.topic:
            words = re.split(r"[.!] ", said.text, maxsplit=1)[0]
            if words := telling_news(words):
                yield words, "", said.citations


def telling_news(text: str) -> str | None:
    """Return `text` as `worthy` does; words without a verb have to tell more to be news, and a named thing less."""
    named = any(char.isdigit() for char in text)
    return worthy(text, least=5 if not _SAYS.search(text) else 2 if named else 4)


def worthy(text: str, least: int = 4) -> str | None:
    """Return `text` as a clause of at least so many telling words that needs no surroundings, or None."""
    words = clause(text, LONGEST)
    if words is None or _LEANING.search(words) or len(terms(words)) < least:
        return None
    return words


def _apart(first: Part, second: Part) -> bool:
    """Tell whether two parts of a headline are about different things and fit on one line."""
    same_topic = first[1] and first[1].casefold() == second[1].casefold()
    return not same_topic and not alike(first[0], second[0]) and len(first[0]) + len(second[0]) + 6 <= _WHOLE
