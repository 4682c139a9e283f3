"""How many passages hold a word, from the statistics of recall. It reads counts and no text."""

from __future__ import annotations

from collections.abc import Collection

from alice.db import database
from alice.domain.policy import Scope
from alice.domain.recall import tokens

_MOST_LANGUAGES = 3

_SQL = """
WITH word AS (
    SELECT DISTINCT given.word, lexeme
    FROM unnest(%s::text[], %s::text[]) AS given (word, spelled), unnest(%s::text[]) AS language,
        unnest(to_tsvector(language::regconfig, spelled))
), waiting AS (
    SELECT term, sum(count) AS passages FROM recall_change, unnest(terms, counts) AS u (term, count)
    WHERE user_id = %s AND term = ANY(ARRAY(SELECT lexeme FROM word)) GROUP BY term
)
SELECT word.word, max(coalesce(known.passages, 0) + coalesce(waiting.passages, 0))::bigint
FROM word LEFT JOIN waiting ON waiting.term = lexeme
    LEFT JOIN recall_term AS known ON known.user_id = %s AND known.term = lexeme
GROUP BY word.word ORDER BY word.word
"""
_LANGUAGES = """
SELECT language, sum(passages)::bigint FROM (
    SELECT language, passages FROM recall_total WHERE user_id = %s
    UNION ALL SELECT language, passages FROM recall_change WHERE user_id = %s
) AS part GROUP BY language HAVING sum(passages) > 0 ORDER BY 2 DESC, 1
"""


def passages(scope: Scope, words: Collection[str]) -> tuple[int, tuple[tuple[str, int], ...]]:
    """Return how many passages the brain has, and for each of `words` how many hold it."""
    spoken = database.query(_LANGUAGES, scope.user_id, scope.user_id)
    total = sum(row[1] for row in spoken)
    if not total or not words:
        return total, ()
    ordered = sorted(words)
    languages = [row[0] for row in spoken[:_MOST_LANGUAGES]]
    rows = database.query(
        _SQL, ordered, [tokens.plain(word) for word in ordered], languages, scope.user_id, scope.user_id
    )
    return total, tuple((row[0], row[1]) for row in rows)
