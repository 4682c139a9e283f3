"""Minutes by topic: what was announced, and for each topic the one remark that says most about where it stands.

It must not invent: a remark is shown in the words that were noted, with who said it.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from alice.brain.statements import local_day, with_topic
from alice.brain.wording import Told, sentence, terms, topic
from alice.domain.composing.briefing import Inputs, SourceNote
from alice.domain.composing.grounding import Citation, Statement
from alice.domain.extraction.flags import flags_of
from alice.domain.extraction.reading import read_scene
from alice.domain.extraction.sayings import Saying
from alice.domain.extraction.sections import INITIATIVES, NEWS, STANDING
from alice.domain.extraction.voices import topic_of
from alice.domain.extraction.wording import LONGEST_SENTENCE, plain
from alice.domain.vocab import StatementKind

ON_THE_TABLE, ON_THE_AGENDA = "Also on the table", "On the agenda, with nothing noted"
MOST_ANNOUNCED = 3
MOST_DISCUSSED = 5
MOST_NAMED = 5
MOST_BEST = 4  # remarks of one topic, of which the first that is new is told
_SETTLED = re.compile(
    r"\b(?:consensus|agree[ds]?|decided|approved|accepted|landed|merged|released|shipped|closed|resolved|removed|"
    r"passed|postponed|deferred|no objections?|conclusion|instead|fixed|announced|is out|granted|rejected|withdrawn|"
    r"elected|signed|confirmed)\b",
    re.IGNORECASE,
)
_STANCE = re.compile(
    r"\b(?:should|recommends?|prefers?|propos(?:e[ds]?|al)|oppos(?:e[ds]?)|objections?|premature|concern(?:s|ed)?|"
    r"problem|issue is|need(?:s|ed)? to|blocked|because|want(?:s|ed)? to|plan(?:s|ned)?)\b",
    re.IGNORECASE,
)
_VAGUE = re.compile(r"^(?:it|this|that|these|those|they|he|she|so|and|but|yes|no|also|or|which|we|you|i)\b", re.I)
_NOTHING = re.compile(
    r"\b(?:no updates?|nothing (?:new|to|specific|else)|no news|none this week|not (?:here|present)|skip(?:ped)?)\b",
    re.IGNORECASE,
)
_AGENDA = re.compile(r"#\d{1,7}\W*$")
_SAYS = re.compile(r"\w{4,} (?:is|are|was|were|has|have|had|will) (?:\w+ ){0,2}\w{2,}", re.IGNORECASE)
_LEADING_REFERENCE = re.compile(r"^\S*#\d{1,7}[\s:,–—-]+(?=\S)")
_ANNOUNCEMENT = 200


@dataclass(frozen=True, slots=True)
class Remark:
    """A remark of some minutes: its words, who said it, and the place they are cited from."""

    words: str
    speaker: str | None
    citation: Citation


@dataclass(frozen=True, slots=True)
class Discussed:
    """A topic of some minutes: how often somebody spoke to it, its opening, and what says most, the best first."""

    name: str
    remarks: int
    opening: Remark
    best: tuple[Remark, ...] = ()

    @property
    def telling(self) -> Remark | None:
        """Return the remark that says most."""
        return self.best[0] if self.best else None


@dataclass(frozen=True, slots=True)
class Minutes:
    """What one meeting's minutes hold: announcements, topics, and topics that only stood on the agenda."""

    source: SourceNote
    announced: tuple[Remark, ...]
    topics: tuple[Discussed, ...]
    listed: tuple[Discussed, ...] = ()


def read(source: SourceNote, inputs: Inputs) -> Minutes | None:
    """Return `source` read as minutes; None when it is something else."""
    if not source.text:
        return None
    scene = read_scene(source.text, local_day(inputs, source.occurred_at), owner_names=inputs.owner_names)
    if not scene.is_meeting:
        return None
    form = " ".join(plain(text) for text in inputs.background)
    usable = (one for one in scene.sayings if one.section != STANDING and one.text not in form)
    commands = bool(flags_of(source.text))
    said = [one for one in usable if not (commands and flags_of(source.text[one.start : one.end]))]
    groups: dict[str, list[Saying]] = {}
    for one in said:
        if topic(one.topic) and one.section not in (NEWS, INITIATIVES) and not is_agenda(one.text, one.opens):
            groups.setdefault(str(one.topic), []).append(one)
    agenda = {topic_of(one.text) for one in said if one.opens and _AGENDA.search(one.text)}
    listed = {name: group for name, group in groups.items() if not agenda or name in agenda or len(group) > 2}
    topics = (_discussed(name, group, source) for name, group in listed.items())
    spoken = {topic(name).casefold() for name in groups}
    only = (one for one in said if _is_listed(one))
    silent = {topic_of(one.text): one for one in only if topic(topic_of(one.text)).casefold() not in {*spoken, ""}}
    unsaid = (Discussed(topic(n), 0, r) for n, one in silent.items() if (r := _remark(one, source)))
    return Minutes(source, tuple(_announced(said, source)), tuple(t for t in topics if t), tuple(unsaid))


def _is_listed(one: Saying) -> bool:
    """Tell whether a saying only names a topic of the agenda, and does not hang below one."""
    alone = one.opens and not topic(one.topic) and one.section not in (NEWS, INITIATIVES)
    return bool(alone and _AGENDA.search(one.text))


def is_agenda(words: str, opens: bool = True) -> bool:
    """Tell whether words only name a topic, or say that there is nothing to say."""
    return bool(opens and _AGENDA.search(words)) or bool(_NOTHING.search(words) and len(words) < 60)


def _announced(said: Sequence[Saying], source: SourceNote) -> Iterator[Remark]:
    """Yield each announcement with as many of its sentences, and of the items below it, as fit on a line or two."""
    news = [one for one in said if one.section == NEWS]
    edge: int | None = None
    for index, one in enumerate(news):
        if not one.opens or (edge is not None and _margin(one, source) > edge):
            continue
        edge = _margin(one, source)
        if _NOTHING.search(one.text) or _VAGUE.match(one.text):
            continue
        remark = _grown(one, news[index + 1 :], source, edge)
        if remark and (_whole(remark) or _SAYS.search(remark.words)):
            yield remark


def _grown(one: Saying, rest: Sequence[Saying], source: SourceNote, edge: int) -> Remark | None:
    """Return an announcement with what belongs to it, up to the next one whose line begins at `edge` too."""
    remark, words = _remark(one, source), one.text
    for after in rest:
        if after.opens and _margin(after, source) <= edge:
            break
        ended = sentence(words, LONGEST_SENTENCE) if after.opens else words
        words = f"{ended} {sentence(after.text, LONGEST_SENTENCE) if after.opens else after.text}"
        longer = _remark(one, source, end=after.end, words=words) if len(words) <= _ANNOUNCEMENT else None
        if longer is None:
            break
        remark = longer
    return remark


def _margin(said: Saying, source: SourceNote) -> int:
    """Return how far the line of a saying is indented: an item that hangs below another stands further in."""
    line = source.text[source.text.rfind("\n", 0, said.start) + 1 : said.start]
    return len(line) - len(line.lstrip())


def _remark(said: Saying, source: SourceNote, *, end: int | None = None, words: str | None = None) -> Remark | None:
    """Return the saying, perhaps with those that follow it to `end`, or None where no one passage holds it."""
    right = said.end if end is None else end
    for passage in source.passages:
        held = passage.words
        left = said.start - held.start
        if left >= 0 and right - held.start <= len(held.text):
            citation = Citation(source.id, held.chunk_id, said.start, right, held.text[left : right - held.start])
            return Remark(words or said.text, said.speaker, citation)
    return None


def _whole(remark: Remark) -> bool:
    """Tell whether a remark can be understood by itself."""
    return len(terms(remark.words)) >= 4 and 25 <= len(remark.words) <= 260 and "?" not in remark.words[-2:]


def _discussed(name: str, group: Sequence[Saying], source: SourceNote) -> Discussed | None:
    opening = next((r for one in group if (r := _remark(one, source))), None)
    if opening is None:
        return None
    shared = Counter(term for one in group for term in terms(one.text))
    ranked = sorted(enumerate(group), key=lambda entry: (-_telling(entry[1], shared, len(group)), -entry[0]))
    remarks = (r for _, one in ranked if (r := _remark(one, source)) and _whole(r))
    return Discussed(topic(name), len(group), opening, tuple(itertools.islice(remarks, MOST_BEST)))


def _telling(said: Saying, shared: Counter[str], size: int) -> float:
    """Score how much one remark says about where its topic stands: outcome, stance, what others spoke of too."""
    own = terms(said.text)
    central = sum(min(shared[term] - 1, 3) for term in own) / max(len(own), 1) if size > 2 else 0.0
    about = len(own & terms(said.topic or "")) / max(len(own), 1)
    return weight(said.text) + central + about + 0.5 * bool(said.speaker)


def weight(words: str) -> float:
    """Score by itself how much a remark says: an outcome more than a stance, a question or a fragment less."""
    score = 2.0 * bool(_SETTLED.search(words)) + 1.0 * bool(_STANCE.search(words))
    score -= 1.5 * bool(_VAGUE.match(words)) + 2.0 * words.rstrip().endswith("?")
    return score - (1.0 if len(words) < 45 or len(words) > 200 else 0.0)


def announced(all_minutes: Sequence[Minutes], already: Iterable[str]) -> list[Statement]:
    """Return the first announcements, newest meeting first, without what `already` says."""
    known = Told(already)
    said = (announcement(r) for m in all_minutes for r in m.announced if known.tell(r.words))
    return list(itertools.islice(said, MOST_ANNOUNCED))


def told(all_minutes: Sequence[Minutes], already: Iterable[str]) -> list[Statement]:
    """Return the most discussed topics and the names of the others, newest first, without what `already` says."""
    known = Told(already)
    topics = _merged(all_minutes)
    shown: list[Statement] = []
    rest: list[Discussed] = []
    for one in sorted(topics, key=lambda t: -t.remarks):
        fits = len(shown) < MOST_DISCUSSED and one.remarks > 1
        fresh = next((remark for remark in one.best if fits and known.tell(remark.words)), None)
        if fresh:
            shown.append(_topic(one, fresh))
        else:
            rest.append(one)
    return [*shown, *_named(ON_THE_TABLE, rest), *_on_the_agenda(all_minutes)]


def _merged(all_minutes: Sequence[Minutes]) -> list[Discussed]:
    """Return each topic once: from the newest minutes that hold it."""
    topics: dict[str, Discussed] = {}
    for minutes in all_minutes:
        for one in minutes.topics:
            topics.setdefault(one.name.casefold(), one)
    return list(topics.values())


def announcement(remark: Remark) -> Statement:
    """Return what was announced as a fact."""
    words = _LEADING_REFERENCE.sub("", remark.words)
    return Statement(StatementKind.FACT, sentence(words, 260), (remark.citation,))


def _topic(one: Discussed, remark: Remark) -> Statement:
    words = sentence(remark.words)
    if remark.speaker and not words.startswith(remark.speaker):
        words = f"{remark.speaker}: {words}"
        return Statement(StatementKind.FACT, f"{one.name}: {words}", (remark.citation,), topic=one.name)
    return Statement(StatementKind.FACT, with_topic(words, one.name), (remark.citation,), topic=one.name)


def _on_the_agenda(all_minutes: Sequence[Minutes]) -> list[Statement]:
    """Return one sentence that names what minutes list and say nothing about."""
    spoken = {one.name.casefold() for minutes in all_minutes for one in minutes.topics}
    listed = {one.name.casefold(): one for minutes in reversed(all_minutes) for one in minutes.listed}
    return _named(ON_THE_AGENDA, [one for name, one in listed.items() if name not in spoken])


def _named(lead: str, rest: Sequence[Discussed]) -> list[Statement]:
    """Return one sentence that names the topics of which no more is told."""
    named = list(rest)[:MOST_NAMED]
    if not named:
        return []
    cites = tuple(dict.fromkeys(one.opening.citation for one in named))
    more = len(rest) - len(named)
    names = [one.name for one in named] + ([f"{more} more"] if more else [])
    return [Statement(StatementKind.FACT, f"{lead}: {'; '.join(names)}.", cites)]
