"""Keeps the index of recall: words of passages, and statistics of them. Derived data; it decides and audits nothing.

Called inside the unit that writes or forgets the source, so that what was captured is found as soon as it is there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from alice.db import database, locks
from alice.domain.recall import questions
from alice.domain.recall.indexed import Indexed, indexed
from alice.ledger.unit import Unit

# Folding begins when this much waits: the readers of a change unnest its terms.
WAITING_CHANGES = 64
WAITING_TERMS = 2_500
_PART = 50

Words = Mapping[UUID, Indexed]

_READ = """
SELECT s.id, s.title, array_agg(c.ordinal ORDER BY c.ordinal), array_agg(c.heading ORDER BY c.ordinal),
    array_agg(c.text ORDER BY c.ordinal)
FROM source s LEFT JOIN chunk c ON c.source_id = s.id
WHERE s.user_id = %s AND s.id = ANY(%s) GROUP BY s.id
"""

# The index over words cannot begin with the brain, so that every passage holds a mark of its brain as one more word.
# One statement: analyse the words, number the documents, place the passages, note what the statistics gain. Labels tell
# where a word stands: A in the text, B in the name of who speaks, D in the heading above, which is only a hint. The
# columns come as lines, since plain words hold no line break: arrays of texts cost their writer more than their reader.
_ADD = """
WITH given AS MATERIALIZED (
    SELECT source_id, slot, language,
        setweight(to_tsvector(language::regconfig, speaker), 'B')
            || setweight(to_tsvector(language::regconfig, body), 'A')
            || to_tsvector(language::regconfig, heading) AS words
    FROM (
        SELECT source_id, slot, language, coalesce(heading, '') AS heading, coalesce(speaker, '') AS speaker,
            coalesce(body, '') AS body
        FROM unnest(string_to_array(%s, chr(10))::uuid[], string_to_array(%s, chr(10))::bigint[],
            string_to_array(%s, chr(10)), string_to_array(%s, chr(10)), string_to_array(%s, chr(10)),
            string_to_array(%s, chr(10))) AS g (source_id, slot, language, heading, speaker, body)
    ) AS line
), document AS (
    INSERT INTO recall_document (user_id, subject_id, language, passages, length)
    SELECT %s, source_id, min(language), count(*) FILTER (WHERE slot > 0), sum(length(words))
    FROM given GROUP BY source_id ORDER BY source_id
    RETURNING number, subject_id, language, passages, length
), passage AS (
    INSERT INTO recall_passage (place, length, words)
    SELECT number << 24 | slot, length(words), words || %s::tsvector FROM given JOIN document ON subject_id = source_id
), term AS (
    SELECT language, array_agg(lexeme ORDER BY lexeme) AS terms, array_agg(n ORDER BY lexeme) AS counts
    FROM (SELECT language, lexeme, count(*)::integer AS n FROM given, unnest(words) GROUP BY 1, 2) AS counted
    GROUP BY language
)
INSERT INTO recall_change (user_id, language, documents, passages, length, terms, counts)
SELECT %s, language, count(*), sum(passages), sum(length), coalesce(terms, '{}'), coalesce(counts, '{}')
FROM document LEFT JOIN term USING (language) GROUP BY language, terms, counts
"""

_REMOVE = """
WITH document AS (
    DELETE FROM recall_document WHERE user_id = %s AND kind = 'source' AND subject_id = ANY(%s)
    RETURNING number, language, passages, length
), passage AS (
    DELETE FROM recall_passage p USING document d
    WHERE p.place >= d.number << 24 AND p.place < (d.number + 1) << 24
    RETURNING d.language, p.words
), term AS (
    SELECT language, array_agg(lexeme) AS terms, array_agg(n) AS counts
    FROM (
        SELECT language, lexeme, -count(*)::integer AS n FROM passage, unnest(words)
        WHERE lexeme <> %s GROUP BY 1, 2
    ) AS counted
    GROUP BY language
)
INSERT INTO recall_change (user_id, language, documents, passages, length, terms, counts)
SELECT %s, language, -count(*), -sum(passages), -sum(length), coalesce(terms, '{}'), coalesce(counts, '{}')
FROM document LEFT JOIN term USING (language) GROUP BY language, terms, counts
"""

_FOLD = """
WITH change AS (
    DELETE FROM recall_change WHERE user_id = %s RETURNING language, documents, passages, length, terms, counts
), total AS (
    INSERT INTO recall_total (user_id, language, documents, passages, length)
    SELECT %s, language, sum(documents), sum(passages), sum(length) FROM change GROUP BY language
    ON CONFLICT (user_id, language) DO UPDATE SET documents = recall_total.documents + EXCLUDED.documents,
        passages = recall_total.passages + EXCLUDED.passages, length = recall_total.length + EXCLUDED.length
)
INSERT INTO recall_term (user_id, term, passages)
SELECT %s, term, sum(n) FROM change, unnest(terms, counts) AS u (term, n) GROUP BY term ORDER BY term
ON CONFLICT (user_id, term) DO UPDATE SET passages = recall_term.passages + EXCLUDED.passages
"""


def add(unit: Unit, source_ids: Sequence[UUID]) -> None:
    """Put the passages of sources that are stored into the index."""
    add_new(unit, _read(unit.user_id, source_ids))


def add_new(unit: Unit, words: Words) -> None:
    """Put the `words` of sources, by id, which `unit` has written, into the index."""
    if not words:
        return
    _add(unit.user_id, words)
    unit.after(lambda: fold_when_due(unit.user_id))


def remove(unit: Unit, *source_ids: UUID) -> None:
    """Take sources out of the index, and the words that only they held out of the statistics."""
    _remove(unit.user_id, source_ids)
    locks.in_unit(*_turn(unit.user_id))
    _fold(unit.user_id)


def rebuild(user_id: UUID) -> int:
    """Make the index of a brain anew from its chunks, a part at a time; return how many sources are in it."""
    rows = database.query("SELECT id FROM source WHERE user_id = %s AND status <> 'forgotten' ORDER BY id", user_id)
    for first in range(0, len(rows), _PART):
        part = [row[0] for row in rows[first : first + _PART]]
        with database.handle.atomic():
            _remove(user_id, part)
            _add(user_id, _read(user_id, part))
        fold_when_due(user_id)
    fold(user_id)
    return len(rows)


def _read(user_id: UUID, source_ids: Sequence[UUID]) -> Words:
    rows = database.query(_READ, user_id, list(source_ids)) if source_ids else []
    return {
        key: indexed(title, list(zip(*columns, strict=True)) if columns[0][0] is not None else [])
        for key, title, *columns in rows
    }


def _add(user_id: UUID, words: Words) -> None:
    slots = [
        (str(source_id), str(slot.number), of.language, slot.heading, slot.speaker, slot.body)
        for source_id, of in words.items()
        for slot in of.slots
    ]
    columns = ["\n".join(column) for column in zip(*slots, strict=True)]
    mark = questions.quoted(questions.mark(user_id))
    database.query(_ADD, *columns, user_id, mark, user_id)


def _remove(user_id: UUID, source_ids: Sequence[UUID]) -> None:
    database.query(_REMOVE, user_id, list(source_ids), questions.mark(user_id), user_id)


def fold_when_due(user_id: UUID) -> None:
    """Fold waiting changes into the statistics if there are many; whoever comes second leaves it to the first."""
    sql = "SELECT count(*), coalesce(sum(cardinality(terms)), 0) FROM recall_change WHERE user_id = %s"
    changes, terms = database.query(sql, user_id)[0]
    if changes > WAITING_CHANGES or terms > WAITING_TERMS:
        with database.session(), database.handle.atomic():
            if database.query("SELECT pg_try_advisory_xact_lock(%s)", locks.key(*_turn(user_id)))[0][0]:
                _fold(user_id)


def fold(user_id: UUID) -> None:
    """Fold all waiting changes into the statistics now."""
    with database.session(), database.handle.atomic():
        locks.in_unit(*_turn(user_id))
        _fold(user_id)


def _turn(user_id: UUID) -> tuple[str, str]:
    return ("recall-fold", str(user_id))


def _fold(user_id: UUID) -> None:
    """Fold under the lock. A word that no passage holds any more leaves no trace in the statistics."""
    database.query(_FOLD, user_id, user_id, user_id)
    database.query("DELETE FROM recall_term WHERE user_id = %s AND passages <= 0", user_id)
    database.query("DELETE FROM recall_total WHERE user_id = %s AND documents <= 0", user_id)
