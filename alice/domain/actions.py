"""Everything that can be asked of Alice, by name. It holds names, and no rules about them."""

from __future__ import annotations

from enum import StrEnum


class Action(StrEnum):
    """Everything that can be asked of Alice, by the name that is stored with the decision."""

    READ = "read"
    CAPTURE = "capture"
    INGEST_OUTPUT = "ingest_output"
    PROPOSE_MEMORY = "propose_memory"
    GENERATE = "generate"
    RUN_WORKFLOW = "run_workflow"
    REVIEW = "review"
    EXPIRE = "expire"
    FORGET = "forget"
    CONFIGURE_SCHEDULE = "configure_schedule"
    CONFIGURE_CONNECTOR = "configure_connector"
    CONFIGURE = "configure"
    MANAGE_AGENTS = "manage_agents"
    READ_EVENTS = "read_events"
    READ_SETTINGS = "read_settings"
    READ_SECRET = "read_secret"
    RESTORE = "restore"
    OPEN_CONSOLE = "open_console"

    @property
    def words(self) -> str:
        """Return it as words of a sentence."""
        return self.value.replace("_", " ")
