"""Where to look next: older words that bear on something new, what waits in the inbox, and one suggested focus.

It must not decide anything for the reader; a focus is a recommendation with its reason.
"""

from __future__ import annotations

import re
from collections import Counter

from alice.brain.discussions import is_agenda, weight
from alice.brain.owing import Owing, lateness, party
from alice.brain.statements import about, cite, days_since, is_me, local_day, loop_quoted, person_key, saying, today
from alice.brain.wording import alike, count, day, joined, sentence, terms
from alice.domain.composing.briefing import ClaimNote, Inputs, LoopRow, Related
from alice.domain.composing.grounding import Citation, Section, Statement
from alice.domain.extraction.flags import flags_of
from alice.domain.extraction.wording import plain, sentence_spans
from alice.domain.texts.spans import span
from alice.domain.vocab import LoopKind, StatementKind

MOST_CONNECTIONS = 3
_SHARED_TERMS = 3
GENERIC = terms(
    "issue pr comment meeting agenda discuss discussion talk ask work look time week people send email make sure team"
    " update open take try use good thing way point consensus objection"
)
_ITEM = re.compile(
    r"^[ \t]*(?:[-*+]|\d+[.)])?[ \t]*(?P<said>\S.*(?:\n(?![ \t]*(?:[-*+] |\d+[.)] |#|\n)).*)*)", re.MULTILINE
)
_KINDS = {"source": "source", "memory": "proposed memory", "open_loop": "proposed loop", "artifact": "artifact"}


def connections(inputs: Inputs) -> Section | None:
    """Return older passages that bear on something new, each with the terms that tie them together."""
    asked = {c.id: c for c in inputs.claims} | {x.id: x for x in inputs.loops}
    common = _common(inputs)
    found = []
    for related in inputs.related:
        new = asked.get(related.claim_id)
        tie = _tie(new, related, common) if new else None
        if new and tie:
            found.append((-tie[0], -related.occurred_at.timestamp(), str(new.id), tie[1].start, new, tie, related))
    said: list[Statement] = []
    used: set[object] = set()
    for *_, new, tie, related in sorted(found, key=lambda entry: entry[:4]):
        keys = {about(new).casefold() or new.id, related.passage.words.source_id}
        if not keys & used:
            used |= keys
            said.append(_connection(new, related, tie[1], inputs))
    return Section("connections", "Worth a second look", tuple(said[:MOST_CONNECTIONS])) if said else None


def _common(inputs: Inputs) -> frozenset[str]:
    """Return the terms that stand in too many passages, or name people, to tie two things together."""
    passages = [terms(plain(p.words.text)) for source in inputs.sources for p in source.passages]
    counts = Counter(term for passage in passages for term in passage)
    people = {person_key(name) for loop in inputs.loops for name in (loop.owner, loop.waiting_for) if name}
    return frozenset(t for t, n in counts.items() if n > max(3, 0.08 * len(passages))) | people | GENERIC


def _tie(new: ClaimNote | LoopRow, related: Related, common: frozenset[str]) -> tuple[int, Citation] | None:
    """Return how many telling terms tie the new thing to the passage, and the remark there that says most."""
    wanted = terms(f"{saying(new)} {about(new)}") - common
    shared = len(terms(plain(related.passage.words.text)) & wanted)
    own = {words.source_id for words in new.words}
    if related.passage.words.source_id in own:
        return None
    remarks = [c for c in spoken(related) if not is_agenda(plain(c.quote)) and not alike(plain(c.quote), about(new))]
    scored = [(len(terms(plain(c.quote)) & wanted) + weight(plain(c.quote)), -c.start, c) for c in remarks]
    best = max(scored, key=lambda entry: entry[:2], default=None)
    return (shared, best[2]) if best and best[0] > 0 and shared >= _SHARED_TERMS else None


def _connection(new: ClaimNote | LoopRow, related: Related, older: Citation, inputs: Inputs) -> Statement:
    when = day(local_day(inputs, related.occurred_at), today(inputs))
    lead = about(new) or sentence(saying(new), 100).rstrip(".")
    said = sentence(older.quote.lstrip("*-+ \t"), 200).rstrip(".")
    text = f"{lead}: on {when} it was noted that “{said}”."
    return Statement(StatementKind.INFERENCE, text, (*cite(new.words)[:1], older), topic=lead)


def spoken(related: Related) -> list[Citation]:
    """Return the sentences of a related passage, list items and all."""
    words, found = related.passage.words, []
    for line in _ITEM.finditer(words.text):
        for left, right in sentence_spans(words.text, line.start("said"), line.end()):
            quote = words.text[left:right].rstrip()
            start = words.start + left
            if 40 <= len(quote) <= 320 and not flags_of(quote):
                found.append(Citation(words.source_id, words.chunk_id, start, start + len(quote), quote))
    return found


def inbox(inputs: Inputs) -> Section | None:
    """Return what waits for a decision and for how long, and a warning of what only seems to be decided."""
    said = " ".join(one for one in (_waits(inputs), _expires(inputs), _unsealed(inputs)) if one)
    return Section("inbox", "In the inbox", (Statement(StatementKind.INFERENCE, said),)) if said else None


def _waits(inputs: Inputs) -> str:
    waiting = [w for w in sorted(inputs.waiting, key=lambda w: (w.oldest_at, w.kind)) if w.count]
    if not waiting:
        return ""
    parts = [count(w.count, _KINDS.get(w.kind, w.kind), _plural(w.kind)) for w in waiting]
    days = days_since(inputs, waiting[0].oldest_at)
    if sum(w.count for w in waiting) == 1:
        return f"{parts[0].capitalize()} waits for your decision{'' if days == 0 else f', for {span(days)} now'}."
    since = "all of it came in today" if days == 0 else f"the oldest has waited {span(days)}"
    return f"{joined(parts).capitalize()} wait for your decision; {since}."


def _expires(inputs: Inputs) -> str:
    soon = sum(w.expiring for w in inputs.waiting)
    who = count(soon, "of the memories is", "of the memories are")
    return f"{who.capitalize()} put away within a week, undecided." if soon else ""


def _unsealed(inputs: Inputs) -> str:
    who = count(inputs.unsealed, "memory says it was", "memories say they were")
    what = f"{who.capitalize()} accepted, though no decision stands behind it: it is left out here."
    return (what if inputs.unsealed == 1 else what.replace("it: it is", "them: they are")) if inputs.unsealed else ""


def _plural(kind: str) -> str | None:
    return "proposed memories" if kind == "memory" else None


def focus(owing: Owing, inputs: Inputs) -> Section | None:
    """Return one thing to do first, with the reason why this one."""
    said = actions(owing, inputs, 1)
    return Section("focus", "Suggested focus", tuple(said)) if said else _clear_inbox(inputs)


def actions(owing: Owing, inputs: Inputs, most: int) -> list[Statement]:
    """Return the things to do first, each with its reason, the most pressing first, and one for each person."""
    ranked = sorted(enumerate(owing.all), key=lambda entry: (-_weight(entry[1], inputs), entry[0]))
    said: dict[str, Statement] = {}
    for place, loop in ranked:
        who = person_key(loop.owner or loop.waiting_for or "") or str(place)
        if who not in said and len(said) < most and (advice := _advice(loop, owing, inputs)):
            said[who] = advice
    return list(said.values())


def _weight(loop: LoopRow, inputs: Inputs) -> int:
    late = lateness(loop, inputs)
    weight = 0 if late is None else 100 if 0 <= late <= 60 else 80 if -7 <= late < 0 else 10
    weight += 50 if is_me(loop.owner, inputs) else 0
    weight += 20 if loop.kind in (LoopKind.BLOCKER, LoopKind.WAITING_ON) else 0
    weight -= 45 if len(terms(saying(loop))) < 3 else 0  # "Ann will volunteer" is nothing to begin a day with
    return weight + (min(days_since(inputs, loop.first_at), 40) if loop.owner else -90)


def _advice(loop: LoopRow, owing: Owing, inputs: Inputs) -> Statement | None:
    """Return what to do about a loop and why, or None when nothing sensible can be said."""
    words, who = loop_quoted(loop, mine=is_me(loop.owner, inputs)), loop.owner or loop.waiting_for
    late, age = lateness(loop, inputs), days_since(inputs, loop.first_at)
    same = _of_one(who, owing, inputs)
    if late is not None and late > 0:
        reason = f"It was due {span(late)} ago."
    elif loop.due_on and late is not None and late >= -7:
        reason = f"It is due {day(loop.due_on, today(inputs))}."
    elif len(same) > 1:
        whose = "your" if is_me(loop.owner, inputs) else f"{who}'s"
        reason = f"It is one of {whose} {count(len(same), 'open loop')}."
    elif age >= 14:
        reason = f"It has been open for {span(age)}."
    else:
        reason = f"It is due {day(loop.due_on, today(inputs))}." if loop.due_on else "It has no date yet."
    if is_me(loop.owner, inputs):
        text = f"Start with this: {words} {reason}"
    elif who and who[:1].isupper():
        text = f"Ask {who} where this stands: {words} {reason}"
    elif late is not None and -7 <= late <= 14:
        text = f"See who takes this: {words} {reason}"
    else:
        return None
    return Statement(StatementKind.RECOMMENDATION, text, cite(loop.words)[:1], topic=about(loop) or None)


def _of_one(who: str | None, owing: Owing, inputs: Inputs) -> list[LoopRow]:
    """Return the loops that somebody has to act on: the reader's own, or what is owed by or waited for from another."""
    if not who:
        return []
    if is_me(who, inputs):
        return list(owing.mine)
    loops = ((one, party(one, inputs)) for one in (*owing.others, *owing.awaited))
    return [one for one, name in loops if name and person_key(name) == person_key(who)]


def _clear_inbox(inputs: Inputs) -> Section | None:
    waiting = [w for w in sorted(inputs.waiting, key=lambda w: (w.oldest_at, w.kind)) if w.count]
    if not waiting or days_since(inputs, waiting[0].oldest_at) < 7:
        return None
    said = f"Clear the inbox: its oldest item has waited {span(days_since(inputs, waiting[0].oldest_at))}."
    return Section("focus", "Suggested focus", (Statement(StatementKind.RECOMMENDATION, said),))
