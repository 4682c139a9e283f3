"""Recall: the passages that answer a question, best first, with the reasons. It writes nothing and decides nothing.

Candidates are found by the rare words of the question, never by a word that is everywhere; see docs/recall.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from alice.db import database
from alice.domain import ranking, tokens
from alice.domain.policy import Scope
from alice.domain.ranking import Document, Passage, Totals, Weights
from alice.errors import InvalidInput
from alice.queries.scoping import visible_sql

MOST_TERMS = 12  # the rarest words of a long question
MOST_CANDIDATES = 3_000  # passages looked at, whatever the question
COMMON = 0.05  # a word in more of the passages than this finds no candidates …
FEW = 1_000  # … unless that is no more passages than this
SHORTLIST = 120  # passages scored exactly


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found: where it stands (`text` is the source's content from `start` to `end`), and why."""

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


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the question: the lexemes it stands for, and how many passages hold one of them."""

    lexemes: tuple[str, ...]
    passages: int

    @property
    def tsquery(self) -> str:
        """Return it as the text of a tsquery."""
        return " | ".join(_quoted(lexeme) for lexeme in self.lexemes)


def passages(
    scope: Scope,
    query: str,
    *,
    limit: int = 10,
    before: datetime | None = None,
    weights: Weights = ranking.WEIGHTS,
) -> list[Hit]:
    """Return the `limit` passages of visible sources that fit `query` best; `before` leaves out what occurred later.

    Raise InvalidInput when `query` has no word in it. Archived sources are put away: they are not recalled.
    """
    words = tokens.words(query)
    if not words:
        raise InvalidInput({"query": "must have at least one word to look for."})
    if limit < 1:
        raise InvalidInput({"limit": f"must be at least 1, not {limit}."})
    with database.session():
        return _answer(scope, words, limit, before=before, weights=weights)


def _answer(scope: Scope, words: list[str], limit: int, *, before: datetime | None, weights: Weights) -> list[Hit]:
    languages = _totals(scope.user_id)
    totals = Totals(*(sum(t[field] for t in languages.values()) for field in range(3)))
    terms = _terms(scope.user_id, words, languages, totals.passages)
    if not terms:
        return []
    rarities = [ranking.rarity(totals.passages, term.passages) for term in terms]
    rows = _candidates(scope, terms, totals, before)
    matches = {row[0]: row[1:3] for row in rows}
    chosen = ranking.shortlist(matches, rarities, totals, weights=weights, size=max(SHORTLIST, 2 * limit))
    scored = ranking.score(
        chosen,
        _read(chosen, terms),
        _documents(rows, chosen, len(terms)),
        rarities=rarities,
        totals=totals,
        weights=weights,
    )
    ranked = sorted(scored, key=lambda place: (-sum(scored[place].values()), place))
    return _hits(scope, {place: scored[place] for place in ranked[:limit]})


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
    SELECT DISTINCT n, language, lexeme
    FROM unnest(%s::integer[], %s::text[]) AS given (n, word), unnest(%s::text[]) AS language,
        unnest(to_tsvector(language::regconfig, word))
), waiting AS (
    SELECT term, sum(count) AS passages FROM recall_change, unnest(terms, counts) AS u (term, count)
    WHERE user_id = %s AND term = ANY(ARRAY(SELECT lexeme FROM word)) GROUP BY term
)
SELECT n, language, lexeme, coalesce(known.passages, 0) + coalesce(waiting.passages, 0)
FROM word LEFT JOIN waiting ON waiting.term = lexeme
    LEFT JOIN recall_term AS known ON known.user_id = %s AND known.term = lexeme
ORDER BY 1, 2, 3
"""


def _terms(user_id: UUID, words: Sequence[str], languages: Sequence[str] | dict[str, Any], total: int) -> list[Term]:
    """Return the words that the brain holds, rarest first; a stop word of the question's language is none."""
    if not languages:
        return []
    spoken = tokens.language(" ".join(words))
    main = spoken if spoken in languages else next(iter(languages))
    spelled = [(n, spelling) for n, word in enumerate(words) for spelling in tokens.variants(word)]
    columns = [list(column) for column in zip(*spelled, strict=True)]
    rows = database.query(_LEXEMES, *columns, list(languages), user_id, user_id)
    meant = {n for n, language, _lexeme, _passages in rows if language == main}
    found: dict[int, dict[str, int]] = {}
    for n, _language, lexeme, holding in rows:
        if n in meant and holding > 0:
            found.setdefault(n, {})[lexeme] = holding
    terms = {Term(tuple(sorted(held)), min(total, sum(held.values()))) for held in found.values()}
    return sorted(terms, key=lambda term: (term.passages, term.lexemes))[:MOST_TERMS]


def _finders(terms: Sequence[Term], total: int) -> str:
    """Return the tsquery that finds candidates: any rare word, or two of the others together.

    A brain with nothing but common words in it is still answered: Postgres meets two posting lists in the index.
    """
    ceiling = max(COMMON * total, FEW)
    rare: list[str] = []
    left = MOST_CANDIDATES
    for term in terms:
        if term.passages > ceiling or (rare and term.passages > left):
            break
        rare.append(f"({term.tsquery})")
        left -= term.passages
    others = [f"({term.tsquery})" for term in terms[len(rare) : len(rare) + 3]]
    pairs = [f"{a} & {b}" for n, a in enumerate(others) for b in others[n + 1 :]] if left > 0 else []
    return " | ".join(rare + pairs) or others[0]


Row = tuple[int, int, int, int]


def _candidates(scope: Scope, terms: Sequence[Term], totals: Totals, before: datetime | None) -> list[Row]:
    """Return place, length, mask of terms and length of the document of each visible passage found."""
    seen, values = visible_sql(scope, "source")
    if before:
        seen, values = f"{seen} AND source.occurred_at <= %s", [*values, before]
    bits = " | ".join(f"((p.words @@ %s::tsquery)::integer << {bit})" for bit in range(len(terms)))
    # LIMIT 1 keeps the planner from reading every document there is to join a few.
    sql = f"""
        SELECT p.place, p.length, {bits}, document.length
        FROM recall_passage p CROSS JOIN LATERAL (
            SELECT d.length FROM recall_document d JOIN source ON d.kind = 'source' AND source.id = d.subject_id
            WHERE d.number = p.place >> {ranking.SLOT_BITS} AND {seen} AND source.status <> 'archived' LIMIT 1
        ) AS document
        WHERE p.words @@ %s::tsquery LIMIT {MOST_CANDIDATES}
    """
    masks = [term.tsquery for term in terms]
    rows: list[Row] = database.query(sql, *masks, *values, _finders(terms, totals.passages))
    return rows


def _documents(rows: Sequence[Row], places: Sequence[int], terms: int) -> dict[int, Document]:
    """Return for the documents of `places` in how many of their passages each term stands."""
    wanted = {ranking.document_of(place) for place in places}
    masks: dict[int, list[int]] = {}
    lengths = {}
    for place, _length, mask, length in rows:
        number = ranking.document_of(place)
        if number in wanted:
            masks.setdefault(number, []).append(mask)
            lengths[number] = length
    counts = {number: [sum(mask >> bit & 1 for mask in held) for bit in range(terms)] for number, held in masks.items()}
    return {number: Document(lengths[number], counts[number]) for number in masks}


# A single lexeme's cover density is its number of occurrences, each with the weight of its label {D, C, B, A}.
_COUNT = "ts_rank_cd('{0.3, 0, 0, 1}', words, %s::tsquery)"


def _read(places: Sequence[int], terms: Sequence[Term]) -> dict[int, Passage]:
    """Return how often each term stands in `places` and their neighbours."""
    near = sorted({at for place in places for at in ranking.neighbours(place)})
    counts = ", ".join([_COUNT] * len(terms))
    sql = f"SELECT place, length, {counts} FROM recall_passage WHERE place = ANY(%s)"
    rows = database.query(sql, *(term.tsquery for term in terms), near)
    return {row[0]: Passage(row[1], row[2:]) for row in rows}


def _hits(scope: Scope, ranked: dict[int, dict[str, float]]) -> list[Hit]:
    """Return the passages at the places of `ranked`, in its order, as far as they are visible."""
    seen, values = visible_sql(scope, "source")
    sql = f"""
        SELECT place, chunk.id, source.id, chunk.text, chunk.start, chunk."end", chunk.heading, source.title,
            source.occurred_at, source.sensitivity, source.domain
        FROM unnest(%s::bigint[]) AS place
            JOIN recall_document document ON document.number = place >> {ranking.SLOT_BITS}
            JOIN source ON document.kind = 'source' AND source.id = document.subject_id
            JOIN chunk ON chunk.source_id = source.id AND chunk.ordinal = (place & {(1 << ranking.SLOT_BITS) - 1}) - 1
        WHERE {seen}
    """
    rows = {row[0]: row[1:] for row in database.query(sql, list(ranked), *values)}
    return [
        Hit(*rows[place][:2], sum(parts.values()), parts, *rows[place][2:])  # type: ignore[call-arg]
        for place, parts in ranked.items()
        if place in rows
    ]


def _quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"
