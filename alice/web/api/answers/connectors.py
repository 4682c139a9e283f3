"""What is answered about connectors: how each is set and fares, a sync, and what could not be taken."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from alice.domain.connectors import ItemStatus, SyncMode
from alice.domain.vocab import Connector, Domain, Sensitivity
from alice.web.api.answers import Answer, means
from alice.web.api.answers.sources import Captured


class LastItem(Answer):
    """The newest thing that came in."""

    source_id: UUID | None = means("The source; null when it is gone.")
    captured_at: datetime = means("When it came in.")


class ConnectorHealth(Answer):
    """How a connector fares."""

    connector_name: Connector = means("Its name.")
    display_name: str = means("What people call it.")
    enabled: bool = means("Whether it works at all.")
    configured: bool = means("Whether it has everything that it needs.")
    secret_configured: bool = means("Whether the secrets that it names are there.")
    sync_mode: SyncMode = means("How evidence gets in.")
    poll_interval_seconds: int = means("How often it looks, when it polls.", ge=1)
    default_domain: Domain = means("The part of life that what it brings belongs to.")
    default_sensitivity: Sensitivity = means("How private what it brings is.")
    cursor_state: dict[str, Any] = means("Where it stands, in its own words.")
    items_seen: int = means("How many items it has looked at.", ge=0)
    items_captured: int = means("How many were kept.", ge=0)
    items_deduped: int = means("How many were known already.", ge=0)
    items_rejected: int = means("How many were left out on purpose.", ge=0)
    items_failed: int = means("How often an item could not be taken.", ge=0)
    items_waiting: int = means("How many wait to be tried again.", ge=0)
    items_quarantined: int = means("How many were put aside.", ge=0)
    average_processing_time_ms: int | None = means("How long an item takes.")
    last_captured_item: LastItem | None = means("The newest thing that came in.")
    not_before: datetime | None = means("Until when the other side wants to be asked nothing.")
    last_sync_at: datetime | None = means("When it last looked.")
    last_success_at: datetime | None = means("When that last went well.")
    last_failure_at: datetime | None = means("When that last failed.")
    last_error: str | None = means("Why it failed.")
    last_error_code: str | None = means("The same, as a word for programs.")
    validation_errors: dict[str, str] = means("What is missing or wrong in how it is set, by field.")
    says: str = means("Whether evidence arrives this way, in a sentence.")


class Arriving(Answer):
    """Whether evidence arrives at all."""

    ok: bool = means("Whether it does.")
    message: str = means("The same as a sentence, with since when and why not.")
    since: datetime | None = means("When the newest came in.")


class ConnectorsHealth(Answer):
    """How every connector fares."""

    items: list[ConnectorHealth] = means("Every connector.")
    count: int = means("How many there are.", ge=0)
    arriving: Arriving = means("Whether evidence arrives at all.")


class QuarantinedItem(Answer):
    """Something that could not be taken: where it lies and why, never what it says."""

    id: UUID = means("Its id.")
    connector_name: Connector = means("The connector.")
    stream: str = means("The part of the connector that it came by, such as a chat or a folder.")
    external_id: str = means("What it is called there.")
    status: ItemStatus = means("Where it stands.")
    reason: str = means("Why it could not be taken.")
    reason_code: str = means("The same, as a word for programs.")
    attempts: int = means("How often it was tried.", ge=0)
    first_failed_at: datetime = means("When it first could not be taken.")
    last_failed_at: datetime = means("When it last could not.")
    next_attempt_at: datetime | None = means("When it is tried again.")
    version: int = means("Counts its changes; send it along with a decision.", ge=1)


class ConnectorStatus(ConnectorHealth):
    """How a connector is set and fares, and what it could not take."""

    secret_ref: str | None = means("The name of its secret, never its value.")
    options: dict[str, Any] = means("Its own options.")
    quarantine: list[QuarantinedItem] = means("The newest of what it could not take.")


class ConnectorStatuses(Answer):
    """How every connector is set and fares."""

    items: list[ConnectorStatus] = means("Every connector.")
    count: int = means("How many are here.", ge=0)
    total: int = means("How many there are.", ge=0)
    next: None = means("Null: they are all here.")


class ConnectorSetting(Answer):
    """How a connector is set."""

    connector_name: Connector = means("Its name.")
    display_name: str = means("What people call it.")
    enabled: bool = means("Whether it works at all.")
    sync_mode: SyncMode = means("How evidence gets in.")
    poll_interval_seconds: int = means("How often it looks, when it polls.", ge=1)
    default_domain: Domain = means("The part of life that what it brings belongs to.")
    default_sensitivity: Sensitivity = means("How private what it brings is.")
    secret_ref: str | None = means("The name of its secret, never its value.")
    options: dict[str, Any] = means("Its own options.")
    version: int = means("Counts its changes; send it along with a change.", ge=0)


class SyncError(Answer):
    """Something that went wrong in a sync."""

    external_id: str | None = means("What it concerns.", always=False)
    message: str = means("What went wrong.")


class LeftOut(Answer):
    """A file that was left out."""

    folder: str = means("The folder.")
    place: str = means("Where it lies in it.")
    reason: str = means("Why it was left out, as a word for programs.")
    message: str = means("The same as the end of a sentence.")


class SyncedFolder(Answer):
    """What came of one folder."""

    path: str = means("The folder.")
    import_id: UUID | None = means("The import.")
    imported_count: int = means("How many notes were kept.", ge=0)


class Sync(Answer):
    """What a sync brought."""

    status: Literal["ok", "partial", "failed"] = means("Whether everything could be taken, some, or nothing.")
    connector_name: Connector = means("The connector.")
    item_count: int = means("How many items were looked at.", ge=0)
    imported_count: int = means("How many were kept.", ge=0)
    revised_count: int = means("How many were kept in place of what they were before.", ge=0, always=False)
    duplicate_count: int = means("How many were known already.", ge=0)
    skipped_count: int = means("How many were left out for what they are.", ge=0)
    rejected_count: int = means("How many were left out on purpose.", ge=0)
    forgotten_count: int = means("How many were forgotten before and are kept away.", ge=0, always=False)
    failed_count: int = means("How many could not be taken.", ge=0)
    previous_cursor: dict[str, Any] = means("Where the connector stood before.")
    sync_cursor: dict[str, Any] = means("Where it stands now.")
    not_before: datetime | None = means("Until when nothing may be asked.", always=False)
    source_ids: list[UUID] = means("The sources that were made.")
    failed_external_ids: list[str] = means("What could not be taken.")
    errors: list[SyncError] = means("What went wrong.")
    gone_count: int = means("How many files are not there any more.", ge=0, always=False)
    moved_count: int = means("How many files lie elsewhere now.", ge=0, always=False)
    chunk_count: int = means("Into how many passages what was kept was cut.", ge=0, always=False)
    candidate_count: int = means("How much it proposes.", ge=0, always=False)
    rejected: list[LeftOut] = means("Files that were left out, and why.", always=False)
    folders: list[SyncedFolder] = means("What came of each folder.", always=False)


class SyncGoesOn(Answer):
    """A sync that takes longer than somebody waits for, and goes on."""

    status: Literal["running"] = means("It goes on.")
    connector_name: Connector = means("The connector.")
    item_count: int = means("How many items were looked at so far.", ge=0)
    message: str = means("The same as a sentence.")
    follow: str = means("The address that tells how it ends.")


class Ingested(Captured):
    """What became of what an agent made."""

    review_required: bool = means("True: what an agent makes waits for a person.")
    review_status: Literal["new"] = means("Where it stands.")
    memory_id: UUID | None = means("The candidate that was proposed.")
