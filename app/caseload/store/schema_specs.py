"""The tables for what a project remembers of its documents beside the catalogs.

Versions, renames, links between tables, diagrams and how columns are to be read.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, Table

from caseload.store.schema_columns import json_column as _json
from caseload.store.schema_columns import metadata
from caseload.store.schema_columns import text_column as _text
from caseload.store.schema_columns import whole_column as _whole

spec_version = Table(
    "spec_version",
    metadata,
    Column("id", Integer, primary_key=True, nullable=False),
    _text("side"),
    _text("label"),
    _text("fingerprint"),
    _json("documents"),
    _whole("tables"),
    _whole("fields"),
    Column("body", LargeBinary, nullable=False),
    _text("taken_by"),
    _text("taken_at"),
    Index("spec_version_side", "side"),
)

field_rename = Table(
    "field_rename",
    metadata,
    _text("side", key=True),
    _text("old_table", key=True),
    _text("old_field", key=True),
    _text("new_table"),
    _text("new_field"),
    _text("state"),
    _json("evidence"),
    _text("why"),
    _text("by"),
    _text("at"),
)

relationship_decision = Table(
    "relationship_decision",
    metadata,
    _text("id", key=True),
    _text("side"),
    _text("child"),
    _json("child_fields"),
    _text("parent"),
    _json("parent_fields"),
    _text("state"),
    _text("cardinality"),
    _text("why"),
    _text("by"),
    _text("at"),
    Index("relationship_decision_side", "side"),
)

relationship_measure = Table(
    "relationship_measure",
    metadata,
    _text("id", key=True),
    _text("side"),
    _json("body"),
    _text("data"),
    _text("at"),
)

erd_layout = Table(
    "erd_layout",
    metadata,
    _text("side", key=True),
    _text("name", key=True),
    _json("body"),
    _text("by"),
    _text("at"),
)

erd_domain = Table(
    "erd_domain",
    metadata,
    _text("side", key=True),
    _text("table_name", key=True),
    _text("domain"),
    _text("by"),
    _text("at"),
)

reader_profile = Table(
    "reader_profile",
    metadata,
    _text("id", key=True),
    _text("name"),
    _text("kind"),
    _json("body"),
    _text("by"),
    _text("at"),
)
