"""Recall on a real Postgres: what is found, what is not, whose statistics they are, and what forgetting leaves."""

from __future__ import annotations

import random
import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest

from alice.db import database
from alice.domain import policy
from alice.domain.policy import Action, Actor, Scope
from alice.domain.recall import questions, ranking
from alice.domain.vocab import Domain, Profile, Sensitivity
from alice.errors import InvalidInput
from alice.ledger import gate
from alice.ledger.events import SourceSeenAgain
from alice.queries.composing import recall
from alice.services.evidence import capture, indexing
from alice.services.evidence.capture import Captured, Item
from tests.support.decisions import accept_all

GARDEN = """# Garden

The pergola needs a new coat of varnish before winter.

Tomatoes did badly this year, the soil was too wet.

## Tools

The wheelbarrow is at the neighbour's house.
"""


def keep(actor: Actor, *texts: str, **item: object) -> list[Captured]:
    items = [Item(text=text, **{"title": f"Note {n}", **item}) for n, text in enumerate(texts)]  # type: ignore[arg-type]
    return capture.capture_many(actor, items, zone="UTC", now=datetime(2026, 3, 4, tzinfo=UTC))


def found(actor: Actor, query: str, **options: object) -> list[str]:
    return [hit.text for hit in recall.passages(policy.visible(actor), query, **options)]  # type: ignore[arg-type]


def terms(actor: Actor) -> dict[str, int]:
    """The statistics as a reader sees them: folded ones and waiting ones together."""
    rows = database.query(
        "SELECT term, sum(n)::integer FROM (SELECT term, passages AS n FROM recall_term WHERE user_id = %s UNION ALL"
        " SELECT term, n FROM recall_change, unnest(terms, counts) AS u (term, n) WHERE user_id = %s) AS part"
        " GROUP BY term HAVING sum(n) <> 0",
        actor.user_id, actor.user_id,
    )  # fmt: skip
    return dict(rows)


def counted(actor: Actor) -> dict[str, int]:
    """The same, counted anew from the passages."""
    rows = database.query(
        "SELECT lexeme, count(*)::integer FROM recall_passage JOIN recall_document ON number = place >> 24,"
        " unnest(words) WHERE user_id = %s AND lexeme <> %s GROUP BY lexeme",
        actor.user_id, questions.mark(actor.user_id),
    )  # fmt: skip
    return dict(rows)


def test_it_finds_a_passage_by_its_words_whatever_their_endings(db: str, alice: Actor) -> None:
    keep(alice, GARDEN, "We talked about the budget for the new office.")
    assert found(alice, "Who has the wheelbarrows?")[0].endswith("The wheelbarrow is at the neighbour's house.")
    assert "varnish" in found(alice, "varnishing pergolas")[0]


def test_a_hit_is_the_words_at_its_place_in_the_source(db: str, alice: Actor) -> None:
    [garden] = keep(alice, GARDEN)
    [content] = database.query("SELECT content_text FROM source")[0]
    [hit] = recall.passages(policy.visible(alice), "tomatoes", limit=1)
    assert content[hit.start : hit.end] == hit.text == "Tomatoes did badly this year, the soil was too wet."
    assert (hit.source_id, hit.source_title, hit.domain, hit.sensitivity) == (
        garden.source_id, "Note 0", "unknown", "unknown",
    )  # fmt: skip
    assert database.query("SELECT text FROM chunk WHERE id = %s", hit.chunk_id) == [(hit.text,)]


def test_the_score_is_the_sum_of_its_parts_and_falls(db: str, alice: Actor) -> None:
    keep(alice, GARDEN, "A new coat for the winter.")
    hits = recall.passages(policy.visible(alice), "new coat winter")
    assert [sum(hit.parts.values()) for hit in hits] == [hit.score for hit in hits]
    assert sorted((hit.score for hit in hits), reverse=True) == [hit.score for hit in hits]


def test_an_answer_that_repeats_no_word_is_found_beside_its_question(db: str, alice: Actor) -> None:
    keep(alice, "Ann: Which river did you paddle down?\nBen: It was the Loire, from Orléans.\n" + "Ann: Nice.\n" * 3)
    assert "Loire" in " ".join(found(alice, "river paddle", limit=2))


def test_the_title_and_the_heading_above_count(db: str, alice: Actor) -> None:
    keep(alice, GARDEN + "\n\nIt squeaks." * 6, "It squeaks, said the mouse.", title="Household")
    assert "mouse" not in found(alice, "squeaks tools")[0]
    assert found(alice, "household")


def test_hyphens_slashes_and_dots_keep_no_word_from_being_found(db: str, alice: Actor) -> None:
    keep(alice, "See src/server/main.py and/or the read-only_mode of node.js.")
    for word in ("server", "or main", "read", "mode", "node", "node.js", "main.py", "read-only"):
        assert found(alice, word), word


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("我们决定明天开会讨论预算。", "预算"),
        ("会議は来週の火曜日に延期されました。", "火曜日"),
        ("회의는 다음 주로 연기되었습니다.", "회의"),
        ("Die Häuser am Fluss werden verkauft und das ist gut.", "Haus verkaufen"),
        ("Les décisions ont été prises par le comité dans la salle.", "decision du comite"),
        ("Мы решили перенести встречу на пятницу.", "встреча"),
        ("Café Zürich ist am Montag nicht offen und das ist schade.", "cafe zurich"),
        ("猫が好きです", "猫"),
        ("Ägypten ist nicht weit, und die Reise ist schön.", "ägypten"),
        ("Η Αθήνα είναι όμορφη.", "ΑΘΉΝΑ"),
    ],
)
def test_other_languages_are_found(db: str, alice: Actor, text: str, query: str) -> None:
    keep(alice, "The budget meeting was moved to Friday, they say.", text)
    assert found(alice, query)[0] == text


def test_a_question_without_words_is_refused(db: str, alice: Actor) -> None:
    for query in ("", "  \n", "?!", "—"):
        with pytest.raises(InvalidInput, match="query"):
            found(alice, query)
    with pytest.raises(InvalidInput, match="limit"):
        found(alice, "garden", limit=0)


def test_a_question_that_nothing_answers_finds_nothing(db: str, alice: Actor) -> None:
    assert found(alice, "garden") == []
    keep(alice, GARDEN)
    assert found(alice, "submarine") == []
    assert found(alice, "who is it") == []


def test_a_question_may_hold_anything(db: str, alice: Actor) -> None:
    keep(alice, "It's 100 % of the 'quoted' \\ back-slashed & | ! stuff :* (a)")
    assert found(alice, "'quoted' \\ & | ! :* %s %% $1 \x01 stuff")
    assert found(alice, "quoted " + " ".join(f"word{n}" for n in range(2_000)))


def test_a_question_of_words_that_are_everywhere_is_answered(
    db: str, alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "FEW", 2)
    keep(alice, *(f"Meeting {n} about project {n * 7}." for n in range(30)), "The project meeting of the zebra.")
    assert "zebra" in found(alice, "zebra meeting")[0]
    assert len(found(alice, "project meeting", limit=5)) == 5
    assert len(found(alice, "meeting", limit=5)) == 5


def test_who_says_it_counts(db: str, alice: Actor) -> None:
    keep(alice, "Ann: The plan is to sail, says Ben.\nBen: The plan is to sail, says Ann.")
    assert found(alice, "What is the plan of Ben?")[0].startswith("Ben:")
    assert found(alice, "What is the plan of Ann?")[0].startswith("Ann:")
    [first, *_] = recall.passages(policy.visible(alice), "the plan of Ben")
    assert first.parts["speaker"] > 0


def test_a_time_in_the_question_counts(db: str, alice: Actor) -> None:
    june, july = datetime(2025, 6, 12, tzinfo=UTC), datetime(2025, 7, 3, tzinfo=UTC)
    keep(alice, "We repaired the pump.", occurred_at=july)
    keep(alice, "We repaired the roof.", occurred_at=june)
    assert found(alice, "what was repaired on 12 June 2025")[0] == "We repaired the roof."
    assert found(alice, "what was repaired in July 2025")[0] == "We repaired the pump."
    assert found(alice, "what was repaired last week", today=date(2025, 7, 9))[0] == "We repaired the pump."
    assert found(alice, "what was repaired last month", today=date(2025, 7, 9))[0] == "We repaired the roof."


def test_words_that_mean_alike_are_found_after_the_words_themselves(db: str, alice: Actor) -> None:
    keep(alice, "The physician is on holiday.", "The doctor was friendly.", "The gate is open.")
    hits = found(alice, "Which doctor?")
    assert hits[0] == "The doctor was friendly."
    keep(alice, "He ran home.")
    assert found(alice, "running") == ["He ran home."]
    assert found(alice, "running", weights=replace(ranking.WEIGHTS, alike=False)) == []


def test_as_of_leaves_out_what_occurred_later(db: str, alice: Actor) -> None:
    day = datetime(2025, 6, 1, tzinfo=UTC)
    keep(alice, "The launch is on Monday.", occurred_at=day)
    keep(alice, "The launch is on Friday.", occurred_at=day + timedelta(days=7))
    assert found(alice, "launch", before=day + timedelta(days=1)) == ["The launch is on Monday."]
    assert len(found(alice, "launch")) == 2


def test_one_brain_never_finds_or_counts_what_is_in_another(db: str, alice: Actor, bob: Actor) -> None:
    keep(alice, "The treasure is under the pergola.")
    keep(bob, "Nothing here.", "A pergola.")
    assert found(bob, "treasure") == []
    assert found(bob, "pergola") == ["A pergola."]
    assert terms(bob) == counted(bob)
    assert "treasur" not in terms(bob)


def test_what_the_scope_hides_is_not_found_nor_is_what_stands_beside_it(db: str, alice: Actor) -> None:
    keep(alice, "The diagnosis is a sprained ankle.", domain=Domain.HEALTH, sensitivity=Sensitivity.INTERNAL)
    keep(alice, "The diagnosis of the outage is a full disk.", sensitivity=Sensitivity.INTERNAL, domain=Domain.PROJECT)
    keep(alice, "The diagnosis is secret.", sensitivity=Sensitivity.REGULATED, domain=Domain.PROJECT)
    scout = Actor("agent", "scout", alice.user_id, Profile.READ_ONLY_AGENT)
    assert found(scout, "diagnosis") == ["The diagnosis of the outage is a full disk."]
    nothing = Scope(alice.user_id, frozenset(), frozenset())
    assert recall.passages(nothing, "diagnosis") == []


def test_a_passage_that_a_memory_was_accepted_from_counts_more(db: str, alice: Actor) -> None:
    keep(alice, "Decision: we paint the fence green.", "Decision: we paint the fence white.")
    assert "green" in found(alice, "paint the fence")[0]
    accept_all(alice, "white")
    [first, second] = recall.passages(policy.visible(alice), "paint the fence")
    assert "white" in first.text
    assert first.parts["trusted"] > 0 == second.parts["trusted"]


def test_a_hit_says_which_words_it_holds(db: str, alice: Actor) -> None:
    keep(alice, GARDEN)
    [hit] = recall.passages(policy.visible(alice), "wet tomatoes and varnishes", limit=1)
    assert set(hit.matched) == {"wet", "tomato"}


def test_an_archived_source_is_put_away(db: str, alice: Actor) -> None:
    [note] = keep(alice, "The old pergola.")
    with gate.write(alice, Action.REVIEW) as unit:
        unit.record(SourceSeenAgain(str(note.source_id), "test"))
        database.query("UPDATE source SET status = 'archived' WHERE id = %s", note.source_id)
    assert found(alice, "pergola") == []


def test_forgetting_leaves_no_word_in_the_index_or_its_statistics(db: str, alice: Actor) -> None:
    kept, gone = keep(alice, "The pergola is white.", "The pergola hides an emerald.")
    indexing.fold(alice.user_id)
    with gate.write(alice, Action.FORGET) as unit:
        unit.record(SourceSeenAgain(str(gone.source_id), "test"))
        indexing.remove(unit, gone.source_id)
        database.query("DELETE FROM source WHERE id = %s", gone.source_id)
    assert found(alice, "emerald") == []
    assert found(alice, "pergola") == ["The pergola is white."]
    assert terms(alice) == counted(alice)
    for table in ("recall_term", "recall_change", "recall_passage"):
        assert not database.query(f"SELECT FROM {table} AS t WHERE t::text LIKE '%%emerald%%'"), table
    assert database.query("SELECT documents, passages FROM recall_total") == [(1, 1)]
    assert kept.chunk_count == 1


def test_a_unit_that_fails_leaves_nothing_in_the_index(db: str, alice: Actor) -> None:
    def fail(_unit: object, _done: object) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        capture.capture_many(alice, [Item(text="The pergola.")], zone="UTC", also=fail)
    assert found(alice, "pergola") == []
    assert terms(alice) == {}


def test_folding_changes_no_answer(db: str, alice: Actor) -> None:
    keep(alice, GARDEN)
    keep(alice, "The pergola of the neighbour.", "Varnish is sold out.")
    before = recall.passages(policy.visible(alice), "varnish the pergola")
    assert database.query("SELECT count(*) FROM recall_change") == [(2,)]
    indexing.fold(alice.user_id)
    assert database.query("SELECT count(*) FROM recall_change") == [(0,)]
    assert recall.passages(policy.visible(alice), "varnish the pergola") == before
    assert terms(alice) == counted(alice)


def test_the_index_can_be_made_anew(db: str, alice: Actor, bob: Actor) -> None:
    keep(alice, GARDEN, "The pergola of the neighbour.")
    keep(bob, "A pergola.")
    before, counts = recall.passages(policy.visible(alice), "varnish the pergola"), terms(alice)
    with psycopg.connect(db) as conn:
        conn.execute("TRUNCATE recall_document, recall_passage, recall_term, recall_total, recall_change")
    assert found(alice, "pergola") == []
    assert (indexing.rebuild(alice.user_id), indexing.rebuild(alice.user_id)) == (2, 2)
    assert recall.passages(policy.visible(alice), "varnish the pergola") == before
    assert terms(alice) == counts == counted(alice)
    assert found(bob, "pergola") == []


def test_many_writers_at_once_keep_the_statistics_right(db: str, alice: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "WAITING_CHANGES", 2)
    words = ["pergola", "varnish", "river", "budget", "office", "launch", "tomato", "wheelbarrow"]

    def write(seed: int) -> None:
        draw = random.Random(seed)
        for n in range(12):
            [note] = keep(alice, f"{' '.join(draw.sample(words, 4))} {seed} {n}")
            if draw.random() < 0.3:
                with gate.write(alice, Action.FORGET) as unit:
                    unit.record(SourceSeenAgain(str(note.source_id), "test"))
                    indexing.remove(unit, note.source_id)
        database.handle.close()

    threads = [threading.Thread(target=write, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert terms(alice) == counted(alice) != {}
    indexing.fold(alice.user_id)
    assert terms(alice) == counted(alice)
    [totals] = database.query("SELECT documents, passages FROM recall_total")
    assert [totals] == database.query("SELECT count(*), sum(passages) FROM recall_document")
