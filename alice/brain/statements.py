"""The pieces that the workflows share: statements from claims and loops, who is who, and what was told already.

It must not order sections or write headlines, and sees no table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from alice.brain.wording import Told, clipped, sentence, terms, topic
from alice.domain.composing.briefing import ClaimNote, Inputs, LoopRow
from alice.domain.composing.grounding import Citation, Evidence, LoopNote, Statement
from alice.domain.extraction.wording import plain
from alice.domain.vocab import StatementKind

MOST_CITATIONS = 3


def today(inputs: Inputs) -> date:
    """Return the reader's calendar day."""
    return local_day(inputs, inputs.now)


def local_day(inputs: Inputs, moment: datetime) -> date:
    """Return the calendar day of `moment` where the reader is."""
    return moment.astimezone(ZoneInfo(inputs.zone)).date()


def days_since(inputs: Inputs, moment: datetime) -> int:
    """Return how many days ago `moment` was, never below 0."""
    return max((today(inputs) - local_day(inputs, moment)).days, 0)


def cite(words: Iterable[Evidence]) -> tuple[Citation, ...]:
    """Return the citations of the newest few of `words`."""
    return tuple(dict.fromkeys(one.cite() for one in words))[:MOST_CITATIONS]


def about(said: ClaimNote | LoopRow) -> str:
    """Return what a claim or loop is about: its project, else its subject, else nothing."""
    return topic(said.project) or topic(said.subject)


def person_key(name: str) -> str:
    """Return what is equal for two spellings of a name in one brain: the given name, without an @.

    An initial behind it counts too: it is written where two people have the same name.
    """
    words = name.casefold().lstrip("@").split()
    initial = words[1].rstrip(".") if len(words) == 2 else ""
    return f"{words[0]} {initial}" if len(initial) == 1 else words[0] if words else ""


def is_me(name: str | None, inputs: Inputs) -> bool:
    """Tell whether `name` is the owner of the brain: by full name, by given name alone, or as "me"."""
    if not name:
        return False
    known = {own.casefold().lstrip("@") for own in inputs.owner_names if own.strip()}
    low = name.casefold().lstrip("@")
    return low == "me" or low in known or (" " not in low and low in {own.split()[0] for own in known})


def with_topic(words: str, subject: str) -> str:
    """Return the sentence `words` led by what it is about, unless it says so itself."""
    if not subject or len(terms(subject) & terms(words)) >= 0.6 * max(len(terms(subject)), 1):
        return words
    return f"{subject}: {words}"


def loop_text(loop: LoopRow, *, mine: bool = False) -> str:
    """Return an open loop as a sentence that names who has to act, and what it is about behind it.

    Of what is the reader's own, told to the reader, the name is left out.
    """
    words, subject = _told(loop, mine=mine)
    if not subject:
        return words
    stop = words[-1] if words[-1] in "?!" else "."
    return f"{words.rstrip('.?!')} ({subject}){stop}"


def loop_quoted(loop: LoopRow, *, mine: bool = False) -> str:
    """Return the same between quotation marks, with what it is about outside of them."""
    words, subject = _told(loop, mine=mine)
    return f"“{words.rstrip('.')}” ({subject})." if subject else f"“{words}”"


def _told(loop: LoopRow, *, mine: bool) -> tuple[str, str]:
    """Return the sentence of a loop, and what it is about unless the sentence says so itself."""
    words = sentence(saying(loop))
    if loop.owner and not mine and person_key(loop.owner).partition(" ")[0] not in words.casefold():
        words = f"{loop.owner}: {words}"
    subject = clipped(about(loop), 60)
    says_so = subject and len(terms(subject) & terms(words)) >= 0.5 * max(len(terms(subject)), 1)
    return words, "" if says_so else subject


def saying(said: ClaimNote | LoopRow) -> str:
    """Return the text of a claim, or of a loop from where it names who has to act, without its subject in front."""
    words = plain(said.text)
    subject = plain(said.subject or "")
    if subject and words.casefold().startswith(f"{subject.casefold()}:"):
        words = words[len(subject) + 1 :].strip()
    if subject and words.casefold().rstrip(" .").endswith(f"({subject.casefold()})"):
        words = words.rstrip(" .")[: -len(subject) - 2].strip()
    owner = said.owner if isinstance(said, LoopRow) else None
    if owner and (found := re.search(rf"[,;:] (?={re.escape(owner)} (?:will|to|can|should|is)\b)", words)):
        words = words[found.end() :]
    return words


def loop_statement(loop: LoopRow, inputs: Inputs) -> Statement:
    """Return the statement of an open loop, with what a tick box beside it needs; a fact when words bear it out."""
    note = LoopNote(loop.id, days_since(inputs, loop.first_at), loop.owner, loop.waiting_for, loop.due_on)
    kind = StatementKind.FACT if loop.words else StatementKind.INFERENCE
    text = loop_text(loop, mine=is_me(loop.owner, inputs))
    return Statement(kind, text, cite(loop.words), topic=about(loop) or None, loop=note)


def distinct(said: Iterable[ClaimNote], told: Iterable[str] = ()) -> list[ClaimNote]:
    """Return `said` without what repeats an earlier one, or something of `told`, in nearly the same words."""
    known = Told(told)
    return [one for one in said if known.tell(one.text)]


def in_order(claims: Iterable[ClaimNote]) -> list[ClaimNote]:
    """Return claims by when they occurred, the newest first, then where they stand in their source."""
    return sorted(claims, key=lambda c: (-c.occurred_at.timestamp(), *_place(c), c.text, str(c.id)))


def _place(claim: ClaimNote) -> tuple[str, int]:
    return (str(claim.words[0].source_id), claim.words[0].start) if claim.words else ("", 0)
