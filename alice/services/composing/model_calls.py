"""The owner's decisions on model calls: approve, and exactly what was shown is sent; refuse, and its words are gone.

The model is asked between two units, never inside one. Only the owner decides.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from alice import clock, config
from alice.brain.rendering import SourceLine
from alice.db import database
from alice.domain.composing.grounding import Draft, Evidence, check
from alice.domain.llm import model_options
from alice.domain.llm.prompts import Passage
from alice.domain.policy import Action, Actor, Scope, Subject
from alice.domain.preparation import check_text
from alice.domain.routing import Route
from alice.domain.vocab import Domain, GenerationMode, Sensitivity, WorkflowType
from alice.errors import Conflict, InvalidInput, NotConfigured, Upstream
from alice.ledger import gate
from alice.ledger.events import ModelCallEnded, ModelCallReviewed
from alice.queries.library import model_calls
from alice.services.composing import briefs, model_askings, model_briefs, model_requests
from alice.services.composing.briefs import Composed
from alice.services.composing.model_askings import PATIENCE, Patience

ACTIONS = ("approve", "refuse")
OPEN = ("waiting", "failed")
LONGEST_REASON = 2_000
# An approved call that has no end after so long was cut off; it may be approved again.
CUT_OFF = timedelta(minutes=15)


def review(
    actor: Actor,
    call_id: UUID | str,
    action: str,
    *,
    reason: str | None = None,
    version: int | None = None,
    now: datetime | None = None,
    patience: Patience = PATIENCE,
) -> dict[str, Any]:
    """Approve or refuse a call and return it as it is then; an approved one has its `artifact_id`.

    Raise InvalidInput for another action, NotFound, Conflict with the fresh row when it was decided before, and
    Upstream when the model did not give an answer that can be used: the call is `failed` then, and can be approved
    again.
    """
    moment = now or clock.now()
    if action not in ACTIONS:
        raise InvalidInput({"action": f"must be one of {', '.join(ACTIONS)}, not {action!r}."})
    if reason is not None:
        check_text("reason", reason)
        if len(reason) > LONGEST_REASON:
            raise InvalidInput({"reason": f"has {len(reason)} characters; at most {LONGEST_REASON} are kept."})
    with database.session():
        scope = gate.scope(actor)
        row = _decide(actor, scope, call_id, action, reason=reason, version=version, now=moment)
        passages = _passages(scope, row)
    if action == "approve":
        _send(actor, scope, row, passages, patience=patience)
    with database.session():
        return model_calls.get(scope, row.id)


def _decide(
    actor: Actor,
    scope: Scope,
    call_id: UUID | str,
    action: str,
    *,
    reason: str | None,
    version: int | None,
    now: datetime,
) -> Any:
    """Move the call to approved or refused in a unit of its own; return it as it was."""
    row: Any = model_calls.find(scope, call_id)
    if action == "approve" and not gate.charter(scope.user_id).cloud_may:
        way = "Take `cloud: never` out of it first: alicebot charter edit"
        raise NotConfigured("The charter lets nothing leave this machine.", way)
    with gate.write(actor, Action.REVIEW, _subject(row)) as unit:
        locked = database.rows("SELECT status, version, decided_at FROM model_call WHERE id = %s FOR UPDATE", row.id)[0]
        cut_off = locked["status"] == "approved" and locked["decided_at"] < now - CUT_OFF
        if (version is not None and version != locked["version"]) or not (locked["status"] in OPEN or cut_off):
            fresh = model_calls.present(model_calls.find(scope, row.id))
            raise Conflict(f"This model call is {locked['status']}; somebody decided on it before.", fresh)
        after = "approved" if action == "approve" else "refused"
        if action == "refuse":
            model_requests.empty(row.id, after, now=now, reason=reason)
        else:
            database.query(
                "UPDATE model_call SET status = %s, decided_at = %s, reason = %s, version = version + 1 WHERE id = %s",
                after, now, reason, row.id,
            )  # fmt: skip
        unit.record(ModelCallReviewed(str(row.id), action, locked["status"], after))
    return row


def _subject(row: Any) -> Subject:
    return Subject(Domain(row.domain), Sensitivity(row.sensitivity), row.project_id)


def _passages(scope: Scope, row: Any) -> list[Passage]:
    zone = ZoneInfo(row.timezone)
    return [
        Passage(
            one["number"],
            Evidence(one["source_id"], one["chunk_id"], one["start"], one["quote"],
                     Domain(one["domain"]), Sensitivity(one["sensitivity"])),
            one["source_title"],
            one["occurred_at"].astimezone(zone).date(),
        )
        for one in model_calls.passages(scope, row.id)
    ]  # fmt: skip


def _send(actor: Actor, scope: Scope, row: Any, passages: list[Passage], *, patience: Patience) -> None:
    """Ask the model with the request to the byte, and publish what it says, grounded; or leave the call failed."""
    options = model_options.read(row.options)
    chosen = model_askings.model(options, config.load())
    answered = model_askings.ask(chosen, row.request, passages, options=options, patience=patience, otherwise=row.title)
    if answered.grounded is None:
        _end(actor, row, "failed", None)
        raise Upstream(
            answered.failure or "The model gave no answer.", "The call can be approved again.", transient=False
        )
    info = model_askings.told(chosen, options, answered, len(passages))
    note = model_askings.noted(chosen, passages, answered.grounded)
    draft = answered.grounded.draft
    composed = _composed(scope, row, passages, replace(draft, sections=(*draft.sections, note)))
    _end(actor, row, "done", replace(composed, model_info=info))


def _composed(scope: Scope, row: Any, passages: list[Passage], draft: Draft) -> Composed:
    checked = check(draft, [p.words for p in passages], model_askings.sent(passages))
    with database.session():
        lines: list[SourceLine] = briefs.source_lines(scope, checked, row.timezone)
    routing = row.routing | {"decision": Route.APPROVED.value, "reason": "the owner approved exactly this request"}
    empty = Composed(
        workflow_type=WorkflowType(row.workflow_type),
        title="",
        markdown="",
        sections=[],
        citations={},
        domain=checked.domain,
        sensitivity=checked.sensitivity,
        input_context_hash=row.input_context_hash,
        covers_from=row.covers_from,
        covers_to=row.covers_to,
        statements=0,
        dropped=0,
        generation_mode=GenerationMode.MODEL_BACKED,
        project_id=row.project_id,
        routing=routing,
        prompt_hash=row.prompt_hash,
    )
    return model_briefs.set_again(empty, checked, lines, _day(row))


def _day(row: Any) -> date:
    day: date = row.covers_to.astimezone(ZoneInfo(row.timezone)).date()
    return day


def _end(actor: Actor, row: Any, outcome: str, composed: Composed | None) -> None:
    """Record how an approved call ended, in one unit with its artifact."""
    with gate.write(actor, Action.GENERATE, composed.subject if composed else _subject(row)) as unit:
        artifact_id = briefs.publish(unit, composed, run_id=row.scheduler_run_id) if composed else None
        changed = database.query(
            "UPDATE model_call SET status = %s, artifact_id = %s, version = version + 1"
            " WHERE id = %s AND status = 'approved' AND request <> '' RETURNING id",
            outcome, artifact_id, row.id,
        )  # fmt: skip
        if not changed:
            raise Conflict("The request was withdrawn while it was under way; nothing was kept of its answer.")
        unit.record(ModelCallEnded(str(row.id), outcome, str(artifact_id) if artifact_id else None))
