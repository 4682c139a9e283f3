"""Every table, by one import; `ALL` is what the migrations have to bring."""

from __future__ import annotations

from alice.models.agents import Agent, AgentActivity, AgentKey, AgentKeyUse, Charter, CharterRevision
from alice.models.artifacts import Artifact, ArtifactRating, Citation, InsightFeedback
from alice.models.base import Table
from alice.models.brains import Brain
from alice.models.connectors import ConnectorItem, ConnectorQuarantine, ConnectorSetting, ConnectorState
from alice.models.decisions import Decision
from alice.models.events import EventHead, EventLog
from alice.models.forgetting import ForgottenMark, Receipt
from alice.models.graph import GraphEdge
from alice.models.loops import OpenLoop
from alice.models.memories import Memory, Provenance
from alice.models.model_calls import ModelCall, ModelCallPassage
from alice.models.projects import Person, Project, ProjectUpdate
from alice.models.recall import RecallChange, RecallDocument, RecallPassage, RecallTerm, RecallTotal
from alice.models.schedules import (
    DaemonHeartbeat,
    Workflow,
    WorkflowRequest,
    WorkflowRun,
    WorkflowSlot,
    WorkflowState,
)
from alice.models.sources import Chunk, ImportBatch, Source

ALL: tuple[type[Table], ...] = (
    EventLog,
    EventHead,
    ImportBatch,
    Source,
    Chunk,
    Project,
    Person,
    Memory,
    OpenLoop,
    Provenance,
    Decision,
    Artifact,
    ArtifactRating,
    Citation,
    InsightFeedback,
    GraphEdge,
    ProjectUpdate,
    ModelCall,
    ModelCallPassage,
    Receipt,
    ForgottenMark,
    Workflow,
    WorkflowState,
    WorkflowRequest,
    WorkflowRun,
    WorkflowSlot,
    DaemonHeartbeat,
    ConnectorItem,
    ConnectorSetting,
    ConnectorState,
    ConnectorQuarantine,
    Brain,
    Agent,
    AgentKey,
    AgentKeyUse,
    AgentActivity,
    Charter,
    CharterRevision,
    RecallDocument,
    RecallPassage,
    RecallChange,
    RecallTerm,
    RecallTotal,
)

__all__ = ["ALL", *(model.__name__ for model in ALL)]
