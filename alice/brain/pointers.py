"""Where to look next: older words that bear on something new, what waits in the inbox, and one suggested focus.

It must not decide anything for the reader; a focus is a recommendation with its reason.
"""

from __future__ import annotations

from collections import Counter

from alice.brain.news import sentences
from alice.brain.owing import Owing, lateness
from alice.brain.statements import about, cite, days_since, is_me, local_day, loop_text, today
from alice.brain.wording import count, day, joined, sentence, span, terms, topic
from alice.domain.briefing import ClaimNote, Inputs, LoopRow, Related
from alice.domain.extraction.wording import plain
from alice.domain.grounding import Citation, Section, Statement
from alice.domain.vocab import LoopKind, StatementKind

MOST_CONNECTIONS = 3
_SHARED_TERMS = 2
_KINDS = {"source": "source", "memory": "proposed memory", "open_loop": "proposed loop", "artifact": "artifact"}


def connections(inputs: Inputs) -> Section | None:
    """Return older passages that bear on something new, each with the terms that tie them together."""
    asked = {c.id: c for c in inputs.claims} | {x.id: x for x in inputs.loops}
    found = sorted(inputs.related, key=lambda r: (-round(r.score, 6), str(r.claim_id), str(r.passage.words.chunk_id)))
    said: list[Statement] = []
    used: set[object] = set()
    for related in found:
        key = asked.get(related.claim_id)
        if key is None or related.claim_id in used or related.passage.words.source_id in used:
            continue
        if statement := _connection(key, related, inputs):
            said.append(statement)
            used |= {related.claim_id, related.passage.words.source_id}
    return Section("connections", "Worth a second look", tuple(said[:MOST_CONNECTIONS])) if said else None


def _connection(new: ClaimNote | LoopRow, related: Related, inputs: Inputs) -> Statement | None:
    """Return "New thing. On DAY it was said: older thing", or None when no sentence of the passage shares enough."""
    wanted = terms(f"{new.text} {new.subject or ''}")
    scored = [(len(terms(plain(c.quote)) & wanted), -c.start, c) for c in spoken(related)]
    best = max(scored, key=lambda entry: entry[:2], default=None)
    if best is None or best[0] < _SHARED_TERMS:
        return None
    shared = sorted(terms(plain(best[2].quote)) & wanted, key=lambda term: (-len(term), term))[:3]
    when = day(local_day(inputs, related.occurred_at), today(inputs))
    lead = about(new) or sentence(new.text, 100).rstrip(".")
    text = f"{lead}: on {when}, “{topic(related.source_title)}” had “{_cut(plain(best[2].quote))}” ({joined(shared)})."
    return Statement(StatementKind.INFERENCE, text, (*cite(new.words)[:1], best[2]), topic=lead)


def spoken(related: Related) -> list[Citation]:
    """Return the sentences of a related passage; minutes are lists, so a passage without prose is one sentence."""
    return sentences(related.passage) or [related.passage.words.cite()]


def _cut(words: str) -> str:
    return sentence(words, 160).rstrip(".")


def inbox(inputs: Inputs) -> Section | None:
    """Return what waits for a decision and for how long."""
    waiting = [w for w in sorted(inputs.waiting, key=lambda w: (w.oldest_at, w.kind)) if w.count]
    if not waiting:
        return None
    parts = [count(w.count, _KINDS.get(w.kind, w.kind), _plural(w.kind)) for w in waiting]
    days = days_since(inputs, waiting[0].oldest_at)
    since = "all of it came in today" if days == 0 else f"the oldest has waited {span(days)}"
    text = f"{joined(parts).capitalize()} wait for your decision; {since}."
    if sum(w.count for w in waiting) == 1:
        text = f"{parts[0].capitalize()} waits for your decision{'' if days == 0 else f', for {span(days)} now'}."
    return Section("inbox", "In the inbox", (Statement(StatementKind.INFERENCE, text),))


def _plural(kind: str) -> str | None:
    return "proposed memories" if kind == "memory" else None


def focus(owing: Owing, inputs: Inputs) -> Section | None:
    """Return one thing to do first, with the reason why this one."""
    topics = Counter(about(loop).casefold() for loop in owing.all if about(loop))
    ranked = sorted(enumerate(owing.all), key=lambda entry: (-_weight(entry[1], topics, inputs), entry[0]))
    if not ranked:
        return _clear_inbox(inputs)
    loop = ranked[0][1]
    reason = _reason(loop, topics, inputs)
    text = f"{_advice(loop, inputs)} {reason[:1].upper()}{reason[1:]}."
    said = Statement(StatementKind.RECOMMENDATION, text, cite(loop.words)[:1], topic=about(loop) or None)
    return Section("focus", "Suggested focus", (said,))


def _weight(loop: LoopRow, topics: Counter[str], inputs: Inputs) -> int:
    late = lateness(loop, inputs)
    weight = 0 if late is None else 100 if 0 <= late <= 60 else 80 if -7 <= late < 0 else 10
    weight += 50 if is_me(loop.owner, inputs) else 0
    weight -= 0 if loop.owner else 40
    weight += 20 if loop.kind in (LoopKind.BLOCKER, LoopKind.WAITING_ON) else 0
    return weight + 5 * min(topics[about(loop).casefold()], 4) + round(10 * loop.confidence)


def _advice(loop: LoopRow, inputs: Inputs) -> str:
    words = f"“{loop_text(loop)}”"
    if is_me(loop.owner, inputs):
        return f"Start with this: {words}"
    who = loop.owner or loop.waiting_for
    return f"Ask {who} where this stands: {words}" if who else f"Find somebody for this: {words}"


def _reason(loop: LoopRow, topics: Counter[str], inputs: Inputs) -> str:
    """Return why this loop and no other, in one clause."""
    late, same = lateness(loop, inputs), topics[about(loop).casefold()] if about(loop) else 0
    if late is not None and late > 0:
        return f"it was due {span(late)} ago"
    if late is not None and late >= -7:
        return f"it is due {day(loop.due_on, today(inputs))}" if loop.due_on else ""
    if same > 1:
        return f"{count(same, 'open loop')} turn on {about(loop)}"
    if loop.kind in (LoopKind.BLOCKER, LoopKind.WAITING_ON):
        return "others cannot go on before it is settled"
    age = days_since(inputs, loop.first_at)
    return "it came up today" if age == 0 else f"it has been open for {span(age)} and nothing since says it was done"


def _clear_inbox(inputs: Inputs) -> Section | None:
    waiting = [w for w in sorted(inputs.waiting, key=lambda w: (w.oldest_at, w.kind)) if w.count]
    if not waiting or days_since(inputs, waiting[0].oldest_at) < 7:
        return None
    said = f"Clear the inbox: its oldest item has waited {span(days_since(inputs, waiting[0].oldest_at))}."
    return Section("focus", "Suggested focus", (Statement(StatementKind.RECOMMENDATION, said),))
