"""Who owes what, what is waited for, and what nobody has taken: the open loops of a brief, by due date and age.

It must not decide which loops are fresh; it is handed those.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from alice.brain.statements import about, days_since, is_me, loop_statement, person_key, today
from alice.brain.wording import Told, count
from alice.domain.composing.briefing import Inputs, LoopRow
from alice.domain.composing.grounding import Section, Statement
from alice.domain.texts.spans import span
from alice.domain.vocab import LoopKind, StatementKind

SURE = 0.6  # what nobody has taken is worth a line only when it is surely a task
MOOT_AFTER = 14  # days after its due day, what nobody took has settled itself
MOST = {"owed_by_you": 8, "owed": 8, "awaited": 6, "unowned": 4}
_WAITING = frozenset({LoopKind.WAITING_ON, LoopKind.BLOCKER})


@dataclass(frozen=True, slots=True)
class Owing:
    """The fresh loops, sorted and without repetitions: yours, other people's, what is waited for, and nobody's."""

    mine: tuple[LoopRow, ...]
    others: tuple[LoopRow, ...]
    awaited: tuple[LoopRow, ...]
    unowned: tuple[LoopRow, ...]

    @property
    def all(self) -> tuple[LoopRow, ...]:
        """Return every loop once, yours first."""
        return (*self.mine, *self.others, *self.awaited, *self.unowned)


def sort(inputs: Inputs) -> Owing:
    """Deal the loops out to who has to act; text that commands its reader is left to the inbox."""
    return deal(_distinct(sorted((one for one in inputs.loops if not one.flagged), key=urgency)), inputs)


def deal(loops: Iterable[LoopRow], inputs: Inputs) -> Owing:
    """Deal `loops`, which are in order, out to who has to act."""
    piles: dict[str, list[LoopRow]] = {"mine": [], "others": [], "awaited": [], "unowned": []}
    for loop in loops:
        piles[_pile(loop, inputs)].append(loop)
    return Owing(**{name: tuple(pile) for name, pile in piles.items()})


def _pile(loop: LoopRow, inputs: Inputs) -> str:
    if is_me(loop.owner, inputs):
        return "awaited" if loop.kind in _WAITING else "mine"
    if loop.kind in _WAITING or (loop.waiting_for and not loop.owner):
        return "awaited"
    if not loop.owner:
        return "unowned"
    return "others" if not inputs.owner_names else "awaited"


def urgency(loop: LoopRow) -> tuple[object, ...]:
    """Order loops by due date, then by what was said last, then by how sure the rule is."""
    due = loop.due_on or date.max
    place = (str(loop.words[0].source_id), loop.words[0].start) if loop.words else ("", 0)
    return (due, -loop.seen_at.timestamp(), -round(loop.confidence, 6), *place, loop.text, str(loop.id))


def _distinct(loops: Iterable[LoopRow]) -> list[LoopRow]:
    """Return each loop once: the same person and topic, in nearly the same words, is the same loop."""
    known: dict[tuple[str, str], Told] = {}
    return [
        loop
        for loop in loops
        if known.setdefault((person_key(loop.owner or ""), about(loop).casefold()), Told()).tell(loop.text)
    ]


def sections(owing: Owing, inputs: Inputs) -> list[Section]:
    """Return the loop sections that have something to say, and one line for what has gone quiet."""
    sure = tuple(loop for loop in owing.unowned if worth_a_line(loop, inputs))
    awaited = tuple(loop for loop in owing.awaited if not _has_passed(loop, inputs))
    titles = {
        "owed_by_you": ("You owe", owing.mine),
        "owed": ("Who owes what", owing.others),
        "awaited": ("You wait for" if inputs.owner_names else "Waiting on others", awaited),
        "unowned": ("Nobody has taken these", sure),
    }
    made = [_section(key, title, loops, inputs) for key, (title, loops) in titles.items() if loops]
    return made + _quiet(inputs)


def worth_a_line(loop: LoopRow, inputs: Inputs) -> bool:
    """Tell whether a loop that nobody has taken is surely a task, and not one that its day has settled."""
    return loop.status != "candidate" or (loop.confidence >= SURE and (lateness(loop, inputs) or 0) <= MOOT_AFTER)


def _has_passed(loop: LoopRow, inputs: Inputs) -> bool:
    """Tell whether a day came and went until which something was put off, and nobody is waited for."""
    named = loop.status != "candidate" or loop.owner or loop.waiting_for
    return not named and (lateness(loop, inputs) or 0) > MOOT_AFTER


def _section(key: str, title: str, loops: tuple[LoopRow, ...], inputs: Inputs) -> Section:
    shown = [loop_statement(loop, inputs) for loop in loops[: MOST[key]]]
    if more := len(loops) - len(shown):
        shown.append(
            Statement(StatementKind.INFERENCE, f"{count(more, 'more', 'more').capitalize()} under open loops.")
        )
    return Section(key, title, tuple(shown))


def _quiet(inputs: Inputs) -> list[Section]:
    said = []
    if inputs.closed:
        done = count(len(inputs.closed), "loop").capitalize()
        said.append(Statement(StatementKind.INFERENCE, f"{done} closed since the last brief."))
    if inputs.stale:
        loops = count(inputs.stale, "older loop").capitalize()
        said.append(
            Statement(
                StatementKind.INFERENCE,
                f"{loops} {'has' if inputs.stale == 1 else 'have'} not been mentioned for over 60 days and"
                f" {'counts' if inputs.stale == 1 else 'count'} as stale, not owed.",
            )
        )
    return [Section("quiet", "Closed and gone quiet", tuple(said))] if said else []


def lateness(loop: LoopRow, inputs: Inputs) -> int | None:
    """Return how many days ago a loop was due, below 0 when it is still to come, None without a date."""
    return (today(inputs) - loop.due_on).days if loop.due_on else None


def party(loop: LoopRow, inputs: Inputs) -> str | None:
    """Return who else has to act on a loop: its owner, or whom the reader waits for."""
    return loop.owner if loop.owner and not is_me(loop.owner, inputs) else loop.waiting_for


def people(owing: Owing, inputs: Inputs, *, least: int | None = None) -> list[Statement]:
    """Return whom to follow up with: everybody else who owes several things, or something overdue.

    With `least`, those with so many loops, and lateness does not count."""
    piles: dict[str, list[LoopRow]] = {}
    for loop in (*owing.others, *owing.awaited):
        who = party(loop, inputs)
        if who and not is_me(who, inputs) and who.istitle():
            piles.setdefault(person_key(who), []).append(loop)
    late = {key: [x for x in pile if (lateness(x, inputs) or 0) > 0] for key, pile in piles.items()}
    chosen = [key for key, pile in piles.items() if len(pile) >= (least or 2) or (late[key] and not least)]
    chosen.sort(key=lambda key: (-len(late[key]), -len(piles[key]), key))
    return [_person(piles[key], late[key], inputs) for key in chosen[:4]]


def _person(loops: list[LoopRow], late: list[LoopRow], inputs: Inputs) -> Statement:
    names = Counter(name for loop in loops if (name := loop.owner or loop.waiting_for))
    name = max(names, key=lambda one: (names[one], one))
    oldest = max(days_since(inputs, loop.first_at) for loop in loops)
    parts = [count(len(loops), "open loop")]
    if late:
        parts.append(f"{count(len(late), 'of them', 'of them')} overdue" if len(loops) > 1 else "overdue")
    parts.append(f"the oldest {span(oldest)} old" if len(loops) > 1 else f"{span(oldest)} old")
    cites = tuple(dict.fromkeys(words.cite() for loop in loops for words in loop.words[:1]))[:4]
    return Statement(StatementKind.INFERENCE, f"{name}: {', '.join(parts)}.", cites, topic=name)
