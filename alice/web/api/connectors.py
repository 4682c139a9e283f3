"""Connectors as JSON: how they fare and are set, a sync, and what could not be taken."""

from __future__ import annotations

import functools
from collections.abc import Callable
from uuid import UUID

from flask import Response

from alice.domain import connectors as words
from alice.domain.actions import Action
from alice.errors import InvalidInput
from alice.inputs import Nothing
from alice.inputs import connectors as inputs
from alice.ledger import gate
from alice.queries import connectors as queries
from alice.runs import syncs
from alice.services.connecting import connectors, quarantine
from alice.web import current
from alice.web.api import present, routes
from alice.web.api.answers import answers, page_of
from alice.web.api.answers.connectors import (
    ConnectorSetting,
    ConnectorsHealth,
    ConnectorStatus,
    ConnectorStatuses,
    QuarantinedItem,
    Sync,
    SyncGoesOn,
)
from alice.web.inputs import accepts, said


@routes.get("/connectors/health")
@accepts(Nothing)
@answers(ConnectorsHealth)
def connectors_health() -> Response:
    """Say whether evidence arrives, and if not, since when and why."""
    return present.one(connectors.standing(current.actor(), None, settings=current.settings(), now=current.now()))


@routes.get("/connectors/status")
@accepts(inputs.ShowConnectors)
@answers(ConnectorStatus | ConnectorStatuses, fails=(404,))
def connectors_status(given: inputs.ShowConnectors) -> Response:
    """Return how each connector, or the one that is named, is set and fares, with what it could not take."""
    told = connectors.statuses(current.actor(), given.name, settings=current.settings(), now=current.now())
    return present.one(told)


Configure = Callable[..., Response]


def _and_by_the_connector(view: Configure) -> Configure:
    """Let `view` refuse at once what no connector takes and what this one does not."""

    @functools.wraps(view)
    def wrapped(connector_name: str) -> Response:
        try:
            return view(connector_name=connector_name)
        except InvalidInput as error:
            raise InvalidInput({**words.faults(connector_name, said()), **error.fields}) from None

    return wrapped


@routes.patch("/connectors/<connector_name>/config")
@_and_by_the_connector
@accepts(inputs.ConfigureConnector)
@answers(ConnectorSetting)
def configure_connector(connector_name: str, given: inputs.ConfigureConnector) -> Response:
    """Change how a connector is set, and return it as it is then; folders only below the allowed roots."""
    told = connectors.configure(
        current.actor(), connector_name, given.changes(), settings=current.settings(), version=given.version
    )
    return present.one(told)


@routes.post("/connectors/<connector_name>/sync")
@accepts(Nothing)
@answers(Sync | SyncGoesOn, {200: "What it brought.", 202: "It takes longer, and goes on."}, fails=(409, 423, 502))
def sync_connector(connector_name: str) -> Response:
    """Fetch what is new: 200 with the counts, or 202 when it takes longer than 25 seconds and goes on."""
    told = syncs.begin(current.actor(), connector_name, settings=current.settings())
    return present.one(told, 202 if told["status"] == "running" else 200)


@routes.get("/connectors/quarantine")
@accepts(inputs.ListQuarantine)
@answers(page_of(QuarantinedItem))
def list_quarantine(given: inputs.ListQuarantine) -> Response:
    """List what could not be taken, the newest first: where it lies and why, never what it says."""
    return present.page(queries.quarantine(gate.scope(current.actor(), Action.READ_SETTINGS), **given.model_dump()))


@routes.post("/connectors/quarantine/<uuid:item_id>/review")
@accepts(inputs.ReviewItem)
@answers(QuarantinedItem)
def review_item(item_id: UUID, given: inputs.ReviewItem) -> Response:
    """Let an item be tried again, or leave it for good, and return it as it is then."""
    return present.one(quarantine.review(current.actor(), item_id, now=current.now(), **given.model_dump()))
