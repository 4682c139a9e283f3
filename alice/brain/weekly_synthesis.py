"""The weekly synthesis: what moved and what did not, decisions, patterns with counts, next actions and what to stop.

It must not see a pattern where there is none: it counts days and says plainly when nothing came up often.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from alice.brain import completions, conflicts, discussions, headlines, news, owing, pointers, remarks, turns
from alice.brain.conflicts import Detector
from alice.brain.discussions import Discussed, Minutes
from alice.brain.open_loop_review import likely_done
from alice.brain.remarks import same_terms, same_topic
from alice.brain.statements import about, cite, days_since, local_day, loop_statement, saying, today
from alice.brain.wording import Told, count, day, joined, ordinal, sentence, terms, together, topic
from alice.domain.composing.briefing import ClaimNote, Inputs, SourceNote
from alice.domain.composing.grounding import Citation, Draft, Section, Statement
from alice.domain.composing.reports import Week
from alice.domain.texts.spans import span
from alice.domain.vocab import StatementKind

MOST_MOVED, MOST_STILL, MOST_PATTERNS, MOST_ACTIONS, MOST_TURNS = 7, 5, 5, 4, 4
LONGEST_NAME = 60
OFTEN = 3  # days on which a thing comes up before it is called a pattern
LONG = 4  # days without an outcome before it is called stuck


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of the week: the remark that says most, and the days on which it came up before, with their words."""

    name: str
    discussed: Discussed
    before: tuple[tuple[date, Citation], ...]
    settled: bool
    decided: bool

    @property
    def moved(self) -> bool:
        """Tell whether the week brought it to an outcome."""
        return self.settled or self.decided

    @property
    def days(self) -> int:
        """Return on how many days it came up, this week's once."""
        return len({when for when, _ in self.before}) + 1


def subjects(week: Inputs) -> list[str]:
    """Return what the week is about, to look for in the weeks before: topics of minutes, subjects of claims, loops."""
    minutes = _minutes(week)
    named = [t.name for one in minutes for t in sorted(one.topics, key=lambda t: (-t.remarks, t.name))]
    drawn = [about(claim) for claim in week.claims] + [about(x) for x in week.loops if x.first_at >= _start(week)]
    told = Told()
    return [name.rstrip("…") for name in (*named, *sorted(set(drawn))) if name and told.tell(name)]


def compose(given: Week, detector: Detector) -> Draft:
    """Return the synthesis of a week; a section with nothing to say is left out."""
    base = given.base
    decisions = news.decisions(base)
    minutes = _minutes(base)
    topics = _topics(given, minutes, decisions)
    ends = completions.Ends((*given.earlier, *base.sources)).of(base.loops)
    loops = owing.sort(replace(base, loops=tuple(x for x in base.loops if x.id not in ends)))
    moved = [*_moved(topics, base), *_facts(base, minutes, decisions, topics)]
    made = [
        *_quiet_week(given),
        *_some("moved", "What moved", moved),
        *news.decided(decisions),
        *_some("still", "What did not move", _still(topics, given)),
        *_some("patterns", "Patterns", _patterns(topics, given)),
        *_some("assumptions", "Changed assumptions", turns.statements(_turned(given, detector), base, MOST_TURNS)),
        *_some("loops", "Loops opened and closed", _loops(loops, ends, base)),
        *_some("next", "Next actions", pointers.actions(loops, base, MOST_ACTIONS)),
        *_some("stop", "What to stop", _stop(topics, given)),
    ]
    return Draft(_headline(topics, decisions, moved, given), tuple(made), headlines.plainly(base, loops))


def _turned(given: Week, detector: Detector) -> list[conflicts.Turn]:
    """Return what the week says otherwise than was held before."""
    return conflicts.turns(conflicts.claims(given.base.claims), conflicts.claims(given.held), detector)


def _some(key: str, title: str, said: Sequence[Statement]) -> list[Section]:
    return [Section(key, title, tuple(said))] if said else []


def _start(week: Inputs) -> datetime:
    return min((source.occurred_at for source in week.sources), default=week.now)


def _minutes(week: Inputs) -> list[Minutes]:
    newest = sorted(week.sources, key=lambda s: (-s.occurred_at.timestamp(), s.title, str(s.id)))
    return [read for source in newest if (read := discussions.read(source, week))]


def _topics(given: Week, minutes: Sequence[Minutes], decisions: Sequence[ClaimNote]) -> list[Topic]:
    """Return the topics of the week's minutes, those that came up most often before first."""
    earlier = [(source, _first_words(source)) for source in _by_age(given.earlier)]
    decided = [about(claim) for claim in decisions if about(claim)]
    found: list[Topic] = []
    named: list[frozenset[str]] = []
    for one in (t for read in minutes for t in read.topics):
        words = terms(one.name)
        if any(same_terms(words, other) for other in named):
            continue
        named.append(words)
        before = _before(words, earlier, given.base)
        found.append(
            Topic(one.name, one, before, _settling(one) is not None, any(same_topic(one.name, d) for d in decided))
        )
    return sorted(found, key=lambda t: (-t.days, -t.discussed.remarks, t.name))


def _settling(topic: Discussed) -> discussions.Remark | None:
    """Return the best remark of a topic that says how it ended."""
    return next((one for one in topic.best if completions.settles(one.words)), None)


def _by_age(sources: Iterable[SourceNote]) -> list[SourceNote]:
    return sorted(sources, key=lambda s: (s.occurred_at, str(s.id)))


_Named = list[tuple[frozenset[str], Citation]]  # the telling words of each topic, and the first words under it


def _first_words(source: SourceNote) -> _Named:
    """Return the topics of a source, each once."""
    first: dict[str, Citation] = {}
    for remark in remarks.read(source):
        if remark.topic:
            first.setdefault(remark.topic, remark.citation)
    return [(terms(name), cited) for name, cited in first.items()]


def _before(
    words: frozenset[str], earlier: Sequence[tuple[SourceNote, _Named]], base: Inputs
) -> tuple[tuple[date, Citation], ...]:
    """Return on which days before a topic came up, each with the first words under it."""
    found = []
    for source, topics in earlier:
        hit = next((cited for other, cited in topics if same_terms(words, other)), None)
        if hit:
            found.append((local_day(base, source.occurred_at), hit))
    return tuple(found)


def _quiet_week(given: Week) -> list[Section]:
    base = given.base
    if base.sources:
        return []
    text = "Nothing came in this week."
    if base.newest_at is not None:
        when = day(local_day(base, base.newest_at), today(base))
        text = f"Nothing came in this week; the newest note is from {when}."
    return [Section("quiet_week", "A quiet week", (Statement(StatementKind.INFERENCE, text),))]


def _moved(topics: Sequence[Topic], base: Inputs) -> list[Statement]:
    """Return the topics with an outcome, in the words that say it."""
    shown = [t for t in topics if t.settled and not t.decided]
    return [_outcome(topic, base) for topic in shown[:MOST_MOVED]]


def _outcome(topic: Topic, base: Inputs) -> Statement:
    telling = _settling(topic.discussed)
    assert telling is not None
    words = sentence(telling.words)
    if telling.speaker and not words.startswith(telling.speaker):
        words = f"{telling.speaker}: {words}"
    often = f" It came up on {count(topic.days, 'day')} since {_since(topic, base)}." if topic.days >= OFTEN else ""
    cites = (telling.citation, *((topic.before[0][1],) if often else ()))
    return Statement(StatementKind.FACT, f"{topic.name}: {words}{often}", cites, topic=topic.name)


def _since(topic: Topic, base: Inputs) -> str:
    return day(topic.before[0][0], today(base))


def _facts(
    base: Inputs, minutes: Sequence[Minutes], decisions: Sequence[ClaimNote], topics: Sequence[Topic]
) -> list[Statement]:
    """Return what else is known to be new: facts, and announcements of minutes."""
    told = [claim.text for claim in decisions] + [saying(loop) for loop in base.loops]
    told += [one.words for t in topics if (one := _settling(t.discussed) or t.discussed.telling)]
    meetings = {one.source.id for one in minutes}
    titles = {s.id: topic(s.title) for s in base.sources if s.id not in meetings}
    facts = news.topics(base, told, titles)[:4]
    announced = [remark for one in minutes for remark in one.announced]
    known = Told([*told, *(one.text for one in facts)])
    fresh = [r for r in announced if known.tell(r.words)][:3]
    return [*facts, *(discussions.announcement(remark) for remark in fresh)]


def _still(topics: Sequence[Topic], given: Week) -> list[Statement]:
    """Return what came up again without an outcome, and how often."""
    stuck = [t for t in topics if not t.moved and t.before]
    said = [_standstill(topic, given) for topic in stuck[:MOST_STILL]]
    fresh = [t for t in topics if not t.moved and not t.before]
    if fresh:
        more = [f"{len(fresh) - MOST_STILL} more"] if len(fresh) > MOST_STILL else []
        names = "; ".join([t.name for t in fresh[:MOST_STILL]] + more)
        cites = tuple(dict.fromkeys(t.discussed.opening.citation for t in fresh[:MOST_STILL]))
        said.append(Statement(StatementKind.FACT, f"New on the table, and open: {names}.", cites))
    return said


def _standstill(topic: Topic, given: Week) -> Statement:
    base = given.base
    least = "" if given.all_earlier else "at least "
    waits = [x for x in base.loops if not x.flagged and same_topic(about(x), topic.name) and x.waiting_for]
    waits = [x for x in waits if days_since(base, x.seen_at) <= 28]
    on = f", waiting on {_party(waits[0].waiting_for)}" if waits else ""
    text = (
        f"{topic.name}: came up again, on {least}{count(topic.days, 'day')} since {_since(topic, base)}{on};"
        " no outcome was noted."
    )
    cites = tuple(dict.fromkeys((topic.discussed.opening.citation, *(c for _, c in topic.before[-3:]))))
    return Statement(StatementKind.INFERENCE, text, cites, topic=topic.name)


def _party(name: str | None) -> str:
    return name if name and name[:1].isupper() else f"the {name}"


def _patterns(topics: Sequence[Topic], given: Week) -> list[Statement]:
    """Return what came up on several days or piles up with somebody, with the counts; else that nothing did."""
    base = given.base
    if not base.sources:
        return []
    said = [_recurring(topic, given) for topic in topics if topic.days >= OFTEN][:MOST_PATTERNS]
    said += owing.people(owing.sort(base), base, least=OFTEN)[:2]
    if said:
        return said
    text = "No pattern: nothing of this week came up on more than two days of the eight weeks before."
    return [Statement(StatementKind.INFERENCE, text)]


def _recurring(topic: Topic, given: Week) -> Statement:
    base = given.base
    days = sorted({when for when, _ in topic.before})
    named = joined([day(when, today(base)) for when in days[-4:]])
    more = f"{count(len(days) - 4, 'earlier day')}, " if len(days) > 4 else ""
    ending = "it moved this week" if topic.moved else "it has not moved"
    least = "" if given.all_earlier else "at least "
    text = f"{topic.name}: on {least}{count(topic.days, 'day')} by now, before this week on {more}{named}; {ending}."
    cites = tuple(dict.fromkeys((topic.discussed.opening.citation, *(c for _, c in topic.before[-4:]))))
    return Statement(StatementKind.INFERENCE, text, cites, topic=topic.name)


def _loops(loops: owing.Owing, ends: Mapping[UUID, completions.Completion], base: Inputs) -> list[Statement]:
    """Return how many loops were opened and closed, the ones that were opened, and what words of the week ended."""
    start = min((s.occurred_at for s in base.sources), default=None)
    opened = [x for x in loops.all if start is not None and x.first_at >= start and owing.worth_a_line(x, base)]
    week = {source.id for source in base.sources}
    ended = [x for x in base.loops if x.id in ends and ends[x.id].remark.citation.source_id in week and not x.flagged]
    if not opened and not base.closed and not ended:
        return []
    text = f"{count(len(opened), 'loop').capitalize()} opened, {count(len(base.closed), 'loop')} closed this week."
    cites = tuple(dict.fromkeys(w.cite() for x in base.closed[:4] for w in x.words[:1]))
    shown = [loop_statement(loop, base) for loop in opened[:6]]
    shown += [likely_done(loop, ends[loop.id], base.sources, base) for loop in sorted(ended, key=owing.urgency)[:4]]
    return [Statement(StatementKind.INFERENCE, text, cites), *shown]


def _stop(topics: Sequence[Topic], given: Week) -> list[Statement]:
    """Return what to stop: carrying a topic on without deciding it, and keeping what nobody speaks of."""
    base, said = given.base, []
    for stuck in [t for t in topics if not t.moved and t.days >= LONG][:2]:
        text = (
            f"Stop carrying “{stuck.name}” from one meeting to the next: {count(stuck.days, 'day')} since"
            f" {_since(stuck, base)}, and no outcome. Decide it, give it to somebody, or drop it."
        )
        cites = tuple(dict.fromkeys((stuck.discussed.opening.citation, stuck.before[0][1])))
        said.append(Statement(StatementKind.RECOMMENDATION, text, cites, topic=stuck.name))
    if base.stale:
        text = (
            f"Stop keeping {count(base.stale, 'loop')} that nobody has mentioned for over 60 days: close what is moot,"
            " and bring up again what is not."
        )
        said.append(Statement(StatementKind.RECOMMENDATION, text))
    return said


def _headline(
    topics: Sequence[Topic], decisions: Sequence[ClaimNote], moved: Sequence[Statement], given: Week
) -> Statement:
    """Return what moved most and what stood still longest, in one line."""
    new, stuck = _new(topics, decisions, moved), _stuck(topics)
    first = new is not None and completions.settles(new[0])
    parts = [part for part in ((new, stuck) if decisions or first else (stuck, new)) if part]
    if not parts:
        return _plainer(topics, decisions, moved) or Statement(StatementKind.INFERENCE, _plain_headline(given.base))
    words = parts[0][0] if len(parts) == 1 else together(parts[0][0], parts[1][0])
    cites = tuple(dict.fromkeys(c for _, cited in parts for c in cited))
    return Statement(StatementKind.INFERENCE, words[:1].upper() + words[1:], cites)


def _plainer(topics: Sequence[Topic], decisions: Sequence[ClaimNote], moved: Sequence[Statement]) -> Statement | None:
    """Return a headline that names what was decided on, what is new, or what was spoken of; None for nothing at all."""
    claim = next((one for one in decisions if 0 < len(about(one)) <= LONGEST_NAME), None)
    if claim is None:
        cites = [topic.discussed.opening.citation for topic in topics]
        return headlines.topics(moved) or headlines.on_the_table([topic.name for topic in topics], cites)
    return Statement(StatementKind.INFERENCE, f"A decision on “{about(claim)}”", cite(claim.words)[:1])


_Part = tuple[str, tuple[Citation, ...]]


def _new(topics: Sequence[Topic], decisions: Sequence[ClaimNote], moved: Sequence[Statement]) -> _Part | None:
    """Return the first decision, piece of news or outcome that stands by itself, else a topic that was decided."""
    for claim in decisions:
        if words := headlines.worthy(claim.text, least=3):
            return words, tuple(one.cite() for one in claim.words[:1])
    clauses = ((one.text.removeprefix(f"{one.topic}: ").split(". ", 1)[0], one.citations[:1]) for one in moved)
    found = [(words, cites) for text, cites in clauses if (words := headlines.telling_news(text))]
    if found:
        return min(found, key=lambda part: (not completions.settles(part[0]), headlines.telling(part[0])))
    named = next((t for t in topics if t.moved and len(t.name) <= LONGEST_NAME), None)
    return (f"“{named.name}” moved", (named.discussed.opening.citation,)) if named else None


def _stuck(topics: Sequence[Topic]) -> _Part | None:
    stuck = next((t for t in topics if not t.moved and t.days >= OFTEN and len(t.name) <= LONGEST_NAME), None)
    if stuck is None:
        return None
    text = f"“{stuck.name}” came up for the {ordinal(stuck.days)} time without an outcome"
    return text, (stuck.discussed.opening.citation, stuck.before[-1][1])


def _plain_headline(base: Inputs) -> str:
    if base.newest_at is None:
        return "Nothing has come in yet"
    if base.sources:
        return f"{count(base.news_count, 'note').capitalize()} came in, and nothing was settled"
    quiet = span(max(days_since(base, base.newest_at), 1))
    return f"A quiet week: nothing has come in for {quiet}"
