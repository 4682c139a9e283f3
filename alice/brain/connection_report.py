"""The connection report: a new thing and an older one that bear on each other, with what ties them and why it matters.

It must not tie what is obvious (the same topic, the same thread, nearly the same words) nor what only sounds alike: a
tie is a number that both name, or rare words that both use, and people count on top.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from alice.brain import completions, discussions, remarks
from alice.brain.pointers import GENERIC
from alice.brain.remarks import Remark, same_topic
from alice.brain.statements import about, in_order, local_day, person_key, saying, today
from alice.brain.wording import alike, count, day, full_day, joined, leaning, sentence, terms
from alice.domain.composing.briefing import Inputs, SourceNote
from alice.domain.composing.grounding import Draft, Section, Statement
from alice.domain.composing.reports import Connections, Edge, Fresh, Older
from alice.domain.extraction.wording import plain
from alice.domain.texts.spans import span
from alice.domain.vocab import StatementKind

MOST = 6
MOST_FRESH = 16
RELATION = "bears_on"
STRONG, ENOUGH, UNNAMED = 16.0, 8.0, 18.0  # what all that is shared has to weigh; without a name or number, more
_RARE = 0.015  # of all passages: a word in more of them ties nothing together
_YOUNG = 300  # passages: a brain with fewer cannot tell rare from common, and is taken for one with so many
_FEW = 6  # … unless it stands in no more passages than this
_REFERENCE = 6.0  # what a shared number weighs
_TROUBLE = re.compile(
    r"\b(?:problems?|fail(?:s|ed|ure|ures)?|flak(?:y|e|es|iness)|broken|breaks?|slow|leaks?|crash(?:es|ed)?|bugs?|"
    r"deadlocks?|delay(?:s|ed)?|missing|stuck)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d[\d.,:/-]*")
_EVERYDAY = GENERIC | terms(
    "almost already ask back blocked case current date day first last major month next node number part people person"
    " project source start team time today version week year"
    " ask back call change check come create do early end find fix get give go handle help keep know land"
    " latest leave let like look mean move name old open ping plan please possible put question read remove report run"
    " say see send set show start stay stop suggestion sure switch tell think turn wait want work write"
    " able actually amount anything better big bunch clear different else example few good great home improve item kind"
    " likely lot main matter multiple otherwise page performance pr prs quite really reason require required scope"
    " sense several similar single small something stuff thing web whole worth"
)
_TOKEN = re.compile(r"[^\W\d_][\w.'’-]*")
_OPENING = re.compile(r"(?:^|[.!?:“\"(*-]\s*)$")
_CALENDAR = terms(
    "january february march april may june july august september october november december jan feb mar apr jun jul aug"
    " sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun"
)


@dataclass(frozen=True, slots=True)
class Tie:
    """What a new thing and an older remark share, and how much that weighs."""

    fresh: Fresh
    older: Older
    remark: Remark
    words: tuple[str, ...]
    references: tuple[str, ...]
    people: tuple[str, ...]
    weight: float

    @property
    def explanation(self) -> str:
        """Return by what they are tied, in one word: reference, people or words."""
        return "reference" if self.references else "people" if self.people else "words"

    @property
    def strong(self) -> bool:
        """Tell whether so much is shared that chance is unlikely."""
        return self.weight >= STRONG


def fresh(base: Inputs) -> list[Fresh]:
    """Return what is worth looking for older things by: decisions, new loops, and the remark that says most of each
    topic of the newest sources."""
    found: list[Fresh] = []
    for claim in in_order(c for c in base.claims if not c.flagged and not leaning(c.text))[:6]:
        found.append(
            Fresh("memory", claim.id, plain(claim.text), about(claim), claim.words[0].cite(), claim.occurred_at)
        )
    news_ids = {source.id for source in base.sources}
    for loop in sorted(base.loops, key=lambda x: (-x.seen_at.timestamp(), x.text, str(x.id))):
        words = [one for one in loop.words if one.source_id in news_ids]
        if words and not loop.flagged and len(found) < 10:
            found.append(Fresh("open_loop", loop.id, saying(loop), about(loop), words[0].cite(), loop.seen_at))
    taken = {(one.citation.source_id, one.topic.casefold()) for one in found if one.topic}
    for source, one in ((note, said) for note in _newest(base) for said in _telling(note)):
        key = (one.citation.source_id, one.topic.casefold())
        if key not in taken:
            end, moment = one.citation.chunk_id, source.occurred_at
            found.append(Fresh("passage", end, one.words, one.topic, one.citation, moment, one.references))
    return _once(found)[:MOST_FRESH]


def _newest(base: Inputs) -> list[SourceNote]:
    return sorted(base.sources, key=lambda s: (-s.occurred_at.timestamp(), s.title, str(s.id)))


def _once(found: Iterable[Fresh]) -> list[Fresh]:
    """Return each end once: a passage that holds two remarks is one end."""
    return list({one.id: one for one in reversed(list(found))}.values())[::-1]


def _telling(source: SourceNote) -> list[Remark]:
    """Return for each topic of a source the remark that says most, the longest topics first."""
    groups: dict[str, list[Remark]] = {}
    for one in remarks.read(source):
        if not discussions.is_agenda(one.words, one.opens) and 40 <= len(one.words) <= 300:
            groups.setdefault(one.topic.casefold(), []).append(one)
    ranked = sorted(groups.values(), key=lambda group: (-len(group), group[0].citation.start))
    return [max(group, key=lambda one: (discussions.weight(one.words), -one.citation.start)) for group in ranked[:8]]


def words(found: Iterable[Fresh]) -> frozenset[str]:
    """Return the words of which it matters how rare they are."""
    return frozenset(term for one in found for term in terms(f"{one.text} {one.topic}"))


def compose(given: Connections) -> Draft:
    """Return the report; without a connection it says so."""
    base, found = given.base, ties(given)
    said = [_statement(tie, base) for tie in found]
    made = [Section("connections", "Worth a second look", tuple(said))] if said else [_none(given)]
    made += _looked_at(given)
    return Draft(_headline(found, base), tuple(made), _plainly(found, base))


def ties(given: Connections) -> list[Tie]:
    """Return the best connections, each new thing and each older source once, the surest first."""
    rare = _Rarity(given)
    by_id = {one.id: one for one in given.fresh}
    settled = set(given.settled)
    found: list[Tie] = []
    for older in given.older:
        new = by_id.get(older.fresh_id)
        if new and (new.id, older.passage.words.chunk_id) not in settled:
            found += _ties(new, older, rare)
    ranked = sorted(found, key=lambda t: (-round(t.weight, 6), t.fresh.text, t.remark.citation.start, str(t.fresh.id)))
    shown: list[Tie] = []
    for tie in ranked:
        if not any(_repeats(tie, other) for other in shown):
            shown.append(tie)
    return shown[:MOST]


def _repeats(one: Tie, other: Tie) -> bool:
    """Tell whether two ties would say the same: the same new thing or topic, or the same older source and topic."""
    old = one.remark.citation.source_id == other.remark.citation.source_id
    new = (one.fresh.topic or one.fresh.text, other.fresh.topic or other.fresh.text)
    same_new = one.fresh.id == other.fresh.id or same_topic(*new)
    return (
        same_new
        or (old and same_topic(one.remark.topic, other.remark.topic))
        or alike(one.remark.words, other.remark.words)
    )


class _Rarity:
    """How much a shared word says: the more, the fewer passages hold it."""

    def __init__(self, given: Connections) -> None:
        self.total = max(given.passages, _YOUNG)
        self.held = dict(given.rarity)
        names = {person_key(part) for name in given.people for part in name.split()} | {
            person_key(name) for name in given.people
        }
        self.people = {person_key(name): name for name in sorted(given.people, reverse=True)}
        self.names = names - {""}
        self.ceiling = max(_RARE * self.total, _FEW)

    def weight(self, term: str) -> float:
        """Return how much a word says, 0 for one that is common, unknown, of every day, or a person's name."""
        held = self.held.get(term, 0)
        if not 0 < held <= self.ceiling or term in self.names | _EVERYDAY | _CALENDAR or _NUMBER.fullmatch(term):
            return 0.0
        return self._rarity(held)

    def person(self, key: str) -> float:
        """Return how much it says that somebody is named: little for who is named everywhere."""
        return self._rarity(self.held.get(key, 0)) if self.held.get(key) else 0.0

    def _rarity(self, held: int) -> float:
        """Return the inverse document frequency."""
        return math.log((self.total + 1) / (held + 0.5))


def _ties(new: Fresh, older: Older, rare: _Rarity) -> Iterator[Tie]:
    """Yield the best tie between a new thing and a remark of an older passage, if there is one."""
    if older.passage.words.source_id == new.citation.source_id:
        return
    wanted = terms(f"{new.text} {new.topic}")
    best: Tie | None = None
    for remark in remarks.read_passage(older.passage.words, older.above):
        if not _apart(new, remark):
            continue
        tie = _tie(new, older, remark, wanted, rare)
        if tie and (best is None or tie.weight > best.weight):
            best = tie
    if best:
        yield best


def _apart(new: Fresh, remark: Remark) -> bool:
    """Tell whether an older remark is on another topic, says another thing, and says something at all."""
    if len(remark.words) < 30 or discussions.is_agenda(remark.words, remark.opens) or alike(new.text, remark.words):
        return False
    if same_topic(new.topic, remark.topic) or same_topic(new.topic, remark.words):
        return False
    return not (remark.opens and remark.topic and same_topic(remark.topic, new.text))


def _tie(new: Fresh, older: Older, remark: Remark, wanted: AbstractSet[str], rare: _Rarity) -> Tie | None:
    own = terms(f"{remark.words} {remark.topic}")
    weights = {term: weight for term in sorted(wanted & own) if (weight := rare.weight(term)) > 0}
    known = sorted(wanted & own & rare.people.keys(), key=lambda key: (-rare.person(key), key))[:2]
    people = tuple(rare.people[key] for key in known)
    references = tuple(sorted(new.references & remark.references))
    weight = sum(weights.values()) + _REFERENCE * len(references[:2]) + sum(map(rare.person, known))
    for term in [one for one in weights if any(other != one and other.startswith(one) for other in weights)]:
        del weights[term]  # "infra" says nothing beside "infrastructure"
    here = weights.keys() & terms(remark.words)
    names = weights.keys() & (_names(f"{new.text}\n{new.topic}") | _names(f"{remark.words}\n{remark.topic}"))
    enough = ENOUGH if references or names else UNNAMED
    if not here or weight < enough or len(weights) + len(references) + bool(people) < 2:
        return None
    named = sorted(weights, key=lambda term: (-weights[term], term))
    written = tuple(_written(term, f"{remark.words}\n{remark.topic}") for term in named)
    return Tie(new, older, remark, written, references, people, weight)


def _written(term: str, text: str) -> str:
    """Return a term as it is written in `text`."""
    return next((match[0].rstrip(".'’-") for match in _TOKEN.finditer(text) if term in terms(match[0])), term)


def _names(text: str) -> frozenset[str]:
    """Return the words that are written as names: with a capital inside, or at the front within a sentence."""
    found = []
    for match in _TOKEN.finditer(text):
        word = match[0]
        before = text[max(0, match.start() - 4) : match.start()]
        if any(c.isupper() for c in word[1:]) or (word[0].isupper() and not _OPENING.search(before)):
            found.append(word)
    return terms(" ".join(found))


def _statement(tie: Tie, base: Inputs) -> Statement:
    """Say what is new, what is older, what ties them, why it matters, and how sure that is."""
    when = day(local_day(base, tie.older.occurred_at), today(base))
    named = tie.remark.topic and not alike(tie.remark.topic, tie.remark.words)
    under = f", under “{tie.remark.topic}”," if named else ""
    new = sentence(tie.fresh.text, 170).rstrip(".")
    repeats = alike(tie.fresh.topic, new) or new.casefold().startswith(tie.fresh.topic.rstrip("…").casefold())
    lead = "" if repeats else tie.fresh.topic
    old = sentence(tie.remark.words, 170).rstrip(".")
    text = (
        f"{f'{lead}: now' if lead else 'Now'} “{new}”; on {when}{under} “{old}”. {_shared(tie)} {_why(tie, base)}"
        f" {_surely(tie)}"
    )
    return Statement(StatementKind.INFERENCE, text, (tie.fresh.citation, tie.remark.citation), topic=lead or None)


def _shared(tie: Tie) -> str:
    """Return what both share, as a sentence."""
    named = [f"#{number}" for number in tie.references[:2]] + [f"“{word}”" for word in tie.words[:4]]
    both = f"Both name {joined(named)}" if named else "Both"
    if tie.people:
        verb = "stands" if len(tie.people[:2]) == 1 else "stand"
        return f"{both}, and {joined(tie.people[:2])} {verb} in both."
    return f"{both}."


def _why(tie: Tie, base: Inputs) -> str:
    """Return why the older thing matters now, by what each of the two is."""
    ago = span(max((today(base) - local_day(base, tie.older.occurred_at)).days, 1))
    if completions.settles(tie.remark.words):
        if tie.fresh.kind == "open_loop":
            return "What was settled then may answer what is open now."
        if completions.settles(tie.fresh.text):
            return "Both settle something: see whether the two go together."
        return "Something was settled then: see whether it still holds."
    if _TROUBLE.search(tie.remark.words) and _TROUBLE.search(tie.fresh.text):
        return f"The same kind of trouble was spoken of {ago} ago; see what came of it."
    if tie.fresh.kind == "open_loop":
        return "It may save work: somebody has been there before."
    return f"It gives what is new a history of {ago}."


def _surely(tie: Tie) -> str:
    """Return how sure the connection is, and from what."""
    parts = []
    if tie.references:
        parts.append(count(len(tie.references), "shared number"))
    if tie.words:
        parts.append(count(len(tie.words), "rare word"))
    if tie.people:
        parts.append(count(len(tie.people), "person", "people"))
    return f"Confidence {'high' if tie.strong else 'fair'}, by {joined(parts)}."


def _none(given: Connections) -> Section:
    text = "No connection: nothing older shares a number or enough rare words with what is new."
    if not given.fresh:
        text = "No connection: nothing new has come in to look from."
    return Section("connections", "Worth a second look", (Statement(StatementKind.INFERENCE, text),))


def _looked_at(given: Connections) -> list[Section]:
    """Say how far was looked, so that silence can be judged."""
    if not given.fresh:
        return []
    looked = count(len({one.passage.words.chunk_id for one in given.older}), "older passage")
    text = f"Looked from {count(len(given.fresh), 'new thing')} at {looked} that recall found for them."
    return [Section("looked_at", "How far was looked", (Statement(StatementKind.INFERENCE, text),))]


def _headline(found: Sequence[Tie], base: Inputs) -> Statement:
    if not found:
        return Statement(StatementKind.INFERENCE, _plainly(found, base))
    tie = found[0]
    new, old = tie.fresh.topic, tie.remark.topic
    when = full_day(local_day(base, tie.older.occurred_at))
    if new and old and len(new) + len(old) <= 110:
        text = f"“{new}” bears on “{old}” of {when}"
    else:
        named = joined([f"#{n}" for n in tie.references[:1]] or [f"“{word}”" for word in tie.words[:2]])
        text = f"What is new on {f'“{new}”' if new and len(new) <= 60 else named} was spoken of on {when}"
    return Statement(StatementKind.INFERENCE, text, (tie.fresh.citation, tie.remark.citation))


def _plainly(found: Sequence[Tie], base: Inputs) -> str:
    if found:
        return f"{count(len(found), 'connection').capitalize()} between what is new and what is older"
    return "No connection worth a look" if base.sources else "Nothing new to connect"


def proposals(given: Connections) -> list[Edge]:
    """Return an edge for each connection that the report shows, for a person to accept or reject."""
    return [
        Edge(
            from_kind=tie.fresh.kind,
            from_id=tie.fresh.id,
            to_kind="passage",
            to_id=tie.remark.citation.chunk_id,
            relation=RELATION,
            explanation=tie.explanation,
            shared=(*(f"#{n}" for n in tie.references), *tie.words[:6], *tie.people),
            confidence=round(min(0.9, 0.4 + tie.weight / 60), 2),
            citations=(tie.fresh.citation, tie.remark.citation),
        )
        for tie in ties(given)
    ]
