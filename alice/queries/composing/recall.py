"""Recall: the passages that answer a question, best first, with the reasons. It writes nothing and decides nothing.

Candidates are found by the rare words of the question, never by a word that is everywhere; see docs/recall.md.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from alice.db import database
from alice.domain.policy import Scope
from alice.domain.recall import periods, questions, ranking, tokens
from alice.domain.recall.periods import Period
from alice.domain.recall.questions import Term, quoted
from alice.domain.recall.ranking import Document, Passage, Totals, Weights
from alice.embeddings import static
from alice.errors import InvalidInput
from alice.queries.ledger import trust
from alice.queries.scoping import visible_sql

GUESSED = 600  # passages kept after a first guess
HIDDEN = 5  # so many times the candidates are looked at for a reader who does not see everything
SHORTLIST = 80  # passages scored exactly


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found: where it stands (`text` is the source's content from `start` to `end`), and why.

    `score` is the sum of `parts`; `matched` are the lexemes of the question that stand in the passage itself.
    """

    chunk_id: UUID
    source_id: UUID
    score: float
    parts: dict[str, float]
    text: str
    start: int
    end: int
    heading: str | None
    source_title: str
    occurred_at: datetime
    sensitivity: str
    domain: str
    matched: tuple[str, ...] = ()


def passages(
    scope: Scope,
    query: str,
    *,
    limit: int = 10,
    before: datetime | None = None,
    today: date | None = None,
    weights: Weights = ranking.WEIGHTS,
) -> list[Hit]:
    """Return the `limit` passages of visible sources that fit `query` best; `before` leaves out what occurred later.

    A time that `query` names counts for passages of that time; "last week" is understood when `today` is given.

    Raise InvalidInput when `query` has no word in it. Archived sources are put away: they are not recalled.
    """
    if not tokens.words(query):
        raise InvalidInput({"query": "must have at least one word to look for."})
    if limit < 1:
        raise InvalidInput({"limit": f"must be at least 1, not {limit}."})
    with database.session():
        return _answer(scope, query, limit, before=before, today=today, weights=weights)


def _answer(
    scope: Scope, query: str, limit: int, *, before: datetime | None, today: date | None, weights: Weights
) -> list[Hit]:
    languages = _totals(scope.user_id)
    totals = Totals(*(sum(t[field] for t in languages.values()) for field in range(3)))
    terms = _terms(scope.user_id, query, list(languages), total=totals.passages, alike=weights.alike)
    if not terms:
        return []
    rarities = [term.rarity for term in terms]
    rows = _candidates(scope, terms, totals, before=before, period=periods.asked(query, today))
    matches = {row[0]: row[1:4] for row in rows}
    chosen = ranking.shortlist(matches, rarities, totals, weights=weights, size=max(SHORTLIST, 2 * limit))
    read = _read(chosen, terms)
    scored = ranking.score(
        chosen, read, _documents(rows, chosen, len(terms)), rarities=rarities, totals=totals, weights=weights,
        trusted=_trusted(scope, chosen) | _tied(scope, chosen),
    )  # fmt: skip
    best = heapq.nsmallest(limit, scored, key=lambda place: (-sum(scored[place].values()), place))
    return _hits(scope, {place: (scored[place], _matched(read[place], terms)) for place in best})


def _matched(passage: Passage, terms: Sequence[Term]) -> tuple[str, ...]:
    pairs = zip(terms, passage.counts, strict=True)
    return tuple(lexeme for term, count in pairs if count and not term.alike for lexeme in term.lexemes)


_TOTALS = """
SELECT language, sum(documents)::bigint, sum(passages)::bigint, sum(length)::bigint FROM (
    SELECT language, documents, passages, length FROM recall_total WHERE user_id = %s
    UNION ALL SELECT language, documents, passages, length FROM recall_change WHERE user_id = %s
) AS part GROUP BY language HAVING sum(documents) > 0 ORDER BY 3 DESC, 1
"""


def _totals(user_id: UUID) -> dict[str, tuple[int, int, int]]:
    """Return documents, passages and length of each language in the brain, the largest first."""
    return {row[0]: row[1:] for row in database.query(_TOTALS, user_id, user_id)}


_LEXEMES = """
WITH word AS (
    SELECT DISTINCT n, alike, language, lexeme
    FROM unnest(%s::integer[], %s::text[], %s::boolean[]) AS given (n, word, alike), unnest(%s::text[]) AS language,
        unnest(to_tsvector(language::regconfig, word))
), waiting AS (
    SELECT term, sum(count) AS passages FROM recall_change CROSS JOIN unnest(terms, counts) AS u (term, count)
    WHERE user_id = %s AND term IN (SELECT lexeme FROM word) GROUP BY term
)
SELECT n, alike, language, lexeme, coalesce(known.passages, 0) + coalesce(waiting.passages, 0)
FROM word LEFT JOIN waiting ON waiting.term = lexeme
    LEFT JOIN recall_term AS known ON known.user_id = %s AND known.term = lexeme
ORDER BY 1, 2, 3, 4
"""


def _terms(user_id: UUID, query: str, languages: list[str], *, total: int, alike: bool) -> list[Term]:
    """Return what of the question the brain holds; a stop word of the question's language is nothing."""
    words = tokens.words(query)
    if not languages:
        return []
    spoken = tokens.language(query)
    main = spoken if spoken in languages else languages[0]
    spelled = [(n, spelling, False) for n, word in enumerate(words) for spelling in tokens.variants(word)]
    if alike and len(words) <= questions.MOST_WORDS:
        close = static.alike([word for word in words if word not in tokens.FUNCTION_WORDS | tokens.named(query)])
        spelled += [(n, other, True) for n, word in enumerate(words) for other in close.get(word, ())]
    columns = [list(column) for column in zip(*spelled, strict=True)]
    rows = database.query(_LEXEMES, *columns, languages, user_id, user_id)
    meant = {n for n, other, language, _lexeme, _passages in rows if language == main and not other}
    found: dict[tuple[int, bool], dict[str, int]] = {}
    for n, other, _language, lexeme, holding in rows:
        if n in meant and holding > 0:
            found.setdefault((n, other), {})[lexeme] = holding
    return questions.terms(found, total)


Row = tuple[int, int, int, float, int, float]


def _candidates(
    scope: Scope, terms: Sequence[Term], totals: Totals, *, before: datetime | None, period: Period | None
) -> list[Row]:
    """Return the best of the visible passages that the rare terms find, by a first guess.

    Each row is place, length, mask of terms, the guess, the length of the document and how timely that is.
    """
    seen, values = visible_sql(scope, "source")
    if before:
        seen, values = f"{seen} AND source.occurred_at <= %s", [*values, before]
    timely, days = _timely(period)
    sql = _CANDIDATES.format(
        held=", ".join(f"p.words @@ %s::tsquery AS t{n}" for n in range(len(terms))),
        mask=" | ".join(f"(t{n}::integer << {n})" for n in range(len(terms))),
        worth=" + ".join(f"CASE WHEN t{n} THEN {term.rarity:.4f}::float8 ELSE 0 END" for n, term in enumerate(terms)),
        norm="{:.6f}::float8 + {:.6f}::float8 * length".format(*ranking.norm(totals)),
        seen=seen,
        timely=timely,
        most=questions.MOST_CANDIDATES * (1 if scope.everything else HIDDEN),
    )
    found = f"({questions.finders(terms, totals.passages)}) & {quoted(questions.mark(scope.user_id))}"
    rows: list[Row] = database.query(sql, *(term.tsquery for term in terms), found, *days, *values)
    return rows


# Who may see a passage is asked in the order of the guess, until enough are found. LIMIT 1 keeps the planner from
# reading every document there is to join a few.
_CANDIDATES = f"""
SELECT place, found.length, {{mask}}, guess, document.length, timely
FROM (
    SELECT *, ({{worth}}) / ({{norm}}) AS guess
    FROM (SELECT p.place, p.length, {{held}} FROM recall_passage p WHERE p.words @@ %s::tsquery LIMIT {{most}}) AS p
    ORDER BY guess DESC, place
) AS found CROSS JOIN LATERAL (
    SELECT d.length, {{timely}} AS timely
    FROM recall_document d JOIN source ON d.kind = 'source' AND source.id = d.subject_id
    WHERE d.number = place >> {ranking.SLOT_BITS} AND {{seen}} AND source.status <> 'archived' LIMIT 1
) AS document LIMIT {GUESSED}
"""


# What is told of an event is told on the day, or soon after.
_TIMELY = """CASE WHEN source.occurred_at >= %s AND source.occurred_at < %s THEN 1.0
    WHEN source.occurred_at >= %s AND source.occurred_at < %s THEN 0.5 ELSE 0.0 END"""
SOON = timedelta(days=14)


def _timely(period: Period | None) -> tuple[str, list[object]]:
    """Return the column that tells how timely a source is, and its parameters; days are those of UTC."""
    if period is None:
        return "0.0", []
    first = datetime.combine(period.first, time(), UTC)
    after = datetime.combine(period.last, time(), UTC) + timedelta(days=1)
    return _TIMELY, [first, after, after, after + SOON]


def _documents(rows: Sequence[Row], places: Sequence[int], terms: int) -> dict[int, Document]:
    """Return for the documents of `places` in how many of their passages each term stands."""
    wanted = {ranking.document_of(place) for place in places}
    masks: dict[int, list[int]] = {}
    about: dict[int, tuple[int, float]] = {}
    for place, _length, mask, _guess, length, timely in rows:
        number = ranking.document_of(place)
        if number in wanted:
            masks.setdefault(number, []).append(mask)
            about[number] = length, float(timely)
    counts = {number: [sum(mask >> bit & 1 for mask in held) for bit in range(terms)] for number, held in masks.items()}
    return {number: Document(about[number][0], counts[number], about[number][1]) for number in masks}


# A single lexeme's cover density is its number of occurrences, each with the weight of its label {D, C, B, A}.
_COUNT = "CASE WHEN any_term THEN ts_rank_cd('{0.3, 0, 1, 1}', words, %s::tsquery) ELSE 0 END"


def _read(places: Sequence[int], terms: Sequence[Term]) -> dict[int, Passage]:
    """Return how often each term stands in `places` and their neighbours, and whether one names who speaks there."""
    near = sorted({at for place in places for at in ranking.neighbours(place)})
    names = " | ".join(f"{quoted(lexeme)}:B" for term in terms if not term.alike for lexeme in term.lexemes)
    counts = ", ".join([_COUNT] * len(terms))
    sql = f"""
        SELECT place, length, any_term AND words @@ %s::tsquery, {counts}
        FROM (SELECT *, words @@ %s::tsquery AS any_term FROM recall_passage WHERE place = ANY(%s) OFFSET 0) AS passage
    """
    queries = [term.tsquery for term in terms]
    rows = database.query(sql, names, *queries, " | ".join(f"({query})" for query in queries), near)
    return {row[0]: Passage(row[1], row[3:], row[2]) for row in rows}


_PLACED = f"""
FROM unnest(%s::bigint[]) AS place
    JOIN recall_document document ON document.kind = 'source' AND document.number = place >> {ranking.SLOT_BITS}
    JOIN chunk ON chunk.source_id = document.subject_id AND chunk.ordinal = (place & {ranking.SLOTS}) - 1
"""


def _trusted(scope: Scope, places: Sequence[int]) -> set[int]:
    """Return those of `places` that a memory was drawn from which a person accepted, as its seal says."""
    seen, values = visible_sql(scope, "memory")
    sql = f"""
        SELECT place, memory.id {_PLACED} JOIN provenance ON provenance.chunk_id = chunk.id AND subject_kind = 'memory'
            JOIN memory ON memory.id = provenance.subject_id
        WHERE memory.status = 'accepted' AND {seen}
    """
    rows = database.query(sql, list(places), *values)
    held = trust.held(scope, "memory", list({row[1] for row in rows}))
    return {place for place, memory_id in rows if memory_id in held}


def _tied(scope: Scope, places: Sequence[int]) -> set[int]:
    """Return those of `places` that are an end of a connection which a person accepted.

    The other end may be hidden from who does not see everything: to them connections count for nothing.
    """
    if not scope.everything:
        return set()
    sql = f"""
        SELECT place, edge.id {_PLACED} JOIN graph_edge edge ON edge.user_id = %s AND edge.status = 'accepted'
            AND (edge.to_kind, edge.to_id) = ('passage', chunk.id)
        UNION SELECT place, edge.id {_PLACED} JOIN graph_edge edge ON edge.user_id = %s AND edge.status = 'accepted'
            AND (edge.from_kind, edge.from_id) = ('passage', chunk.id)
    """
    rows = database.query(sql, list(places), scope.user_id, list(places), scope.user_id)
    held = trust.held(scope, "graph_edge", list({row[1] for row in rows}))
    return {place for place, edge_id in rows if edge_id in held}


def _hits(scope: Scope, ranked: Mapping[int, tuple[dict[str, float], tuple[str, ...]]]) -> list[Hit]:
    """Return the passages at the places of `ranked`, in its order, as far as they are visible."""
    seen, values = visible_sql(scope, "source")
    sql = f"""
        SELECT place, chunk.id, source.id, chunk.text, chunk.start, chunk."end", chunk.heading, source.title,
            source.occurred_at, source.sensitivity, source.domain
        {_PLACED} JOIN source ON source.id = chunk.source_id
        WHERE {seen}
    """
    rows = {row[0]: row[1:] for row in database.query(sql, list(ranked), *values)}
    return [
        Hit(*rows[place][:2], sum(parts.values()), parts, *rows[place][2:], matched)  # type: ignore[call-arg]
        for place, (parts, matched) in ranked.items()
        if place in rows
    ]
