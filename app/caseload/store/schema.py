"""The tables of the project file as they are now; `migrations/` is how they came to be.

A test holds the two together.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    text,
)

from caseload.store.schema_columns import Json, json_text, metadata
from caseload.store.schema_columns import flag_column as _flag
from caseload.store.schema_columns import json_column as _json
from caseload.store.schema_columns import text_column as _text
from caseload.store.schema_columns import whole_column as _whole
from caseload.store.schema_specs import (
    erd_domain,
    erd_layout,
    field_rename,
    reader_profile,
    relationship_decision,
    relationship_measure,
    spec_version,
)

__all__ = [
    "APPLICATION_ID",
    "Json",
    "audit_line",
    "candidate",
    "catalog",
    "catalog_field",
    "catalog_table",
    "contract_version",
    "document",
    "erd_domain",
    "erd_layout",
    "field_correction",
    "field_rename",
    "json_text",
    "mapping_rule",
    "match_decision",
    "metadata",
    "person",
    "project",
    "publish_journal",
    "published_file",
    "reader_profile",
    "relationship_decision",
    "relationship_measure",
    "route",
    "run",
    "run_output",
    "run_stage",
    "setting",
    "spec_version",
    "suggestion",
    "undo_entry",
]

APPLICATION_ID = 0x43534C44  # "CSLD", in the header of every project file

project = Table(
    "project",
    metadata,
    _text("project_id", key=True),
    _text("name"),
    _text("created_at"),
    _text("created_by"),
)

person = Table(
    "person",
    metadata,
    _text("name", key=True),
    _text("display_name"),
    _text("role"),
    _text("created_at"),
)

setting = Table(
    "setting",
    metadata,
    _text("scope", key=True),
    _text("key", key=True),
    _json("value"),
    _text("changed_by"),
    _text("changed_at"),
)

document = Table(
    "document",
    metadata,
    _text("stored_path", key=True),
    _text("name"),
    _text("sha256"),
    _whole("size"),
    _text("kind"),
    _text("side"),
    _text("added_by"),
    _text("added_at"),
    _flag("active"),
)

catalog = Table("catalog", metadata, _text("side", key=True), _json("documents"), _json("problems"))

catalog_table = Table(
    "catalog_table",
    metadata,
    _text("side", key=True),
    _text("name", key=True),
    _whole("ordinal"),
    _text("description"),
    Column("load_order", Integer),
    _json("provenance"),
    ForeignKeyConstraint(["side"], ["catalog.side"], ondelete="CASCADE"),
)

catalog_field = Table(
    "catalog_field",
    metadata,
    _text("side", key=True),
    _text("table_name", key=True),
    _whole("ordinal", key=True),
    _text("field_name"),
    _whole("position"),
    _text("data_type"),
    _text("length"),
    _text("raw_field_name"),
    _text("description"),
    _flag("mandatory"),
    _text("data_element"),
    _text("logical_delete_flag"),
    _text("released_at"),
    _text("format"),
    _json("allowed_values"),
    _text("code_type"),
    _text("foreign_table"),
    _text("foreign_field"),
    Column("is_unique", Boolean, nullable=False, server_default=text("0")),
    _flag("upper"),
    _text("condition"),
    _text("loaded_to"),
    _json("provenance"),
    Column("confidence", Float, nullable=False),
    _json("checks"),
    Column("is_key", Boolean, nullable=False, server_default=text("0")),
    ForeignKeyConstraint(
        ["side", "table_name"], ["catalog_table.side", "catalog_table.name"], ondelete="CASCADE"
    ),
    Index("catalog_field_name", "side", "table_name", "field_name"),
)

field_correction = Table(
    "field_correction",
    metadata,
    _text("side", key=True),
    _text("table_name", key=True),
    _text("field_name", key=True),
    _json("changes"),
    _text("by"),
    _text("why"),
    _text("at"),
)

suggestion = Table(
    "suggestion",
    metadata,
    _text("target_table", key=True),
    _text("target_field", key=True),
    _whole("ordinal"),
    _text("status"),
    _flag("in_priority"),
    _flag("in_hint_tables"),
    _text("notes"),
)

candidate = Table(
    "candidate",
    metadata,
    _text("target_table", key=True),
    _text("target_field", key=True),
    _whole("rank", key=True),
    _text("source_table"),
    _text("source_field"),
    Column("score", Float, nullable=False),
    _json("evidence"),
    ForeignKeyConstraint(
        ["target_table", "target_field"],
        ["suggestion.target_table", "suggestion.target_field"],
        ondelete="CASCADE",
    ),
)

match_decision = Table(
    "match_decision",
    metadata,
    _text("target_table", key=True),
    _text("target_field", key=True),
    _text("source_table", key=True),
    _text("source_field", key=True),
    _flag("approved"),
    _text("by"),
    _text("at"),
)

mapping_rule = Table(
    "mapping_rule",
    metadata,
    _text("rule_id", key=True),
    _whole("position"),
    _text("target_table"),
    _text("target_field"),
    _text("route"),
    _text("mapping_class"),
    _text("source_table"),
    _text("source_field"),
    _text("mapping_rule"),
    _text("confidence"),
    _text("notes"),
    _text("expression"),
    _text("crosswalk"),
    _text("on_miss"),
    _text("on_failure"),
    Column("default_value", Text),
    _text("status"),
    _text("edited_by"),
    _text("edited_at"),
    _text("approved_by"),
    _text("approved_at"),
    _text("approved_hash"),
    _text("rule_hash"),
    _text("assigned_to"),
    _flag("orphan"),
    Index("mapping_rule_target", "target_table", "target_field"),
    Index("mapping_rule_status", "status"),
)

route = Table(
    "route",
    metadata,
    _text("target_table", key=True),
    _text("name", key=True),
    _whole("ordinal"),
    _json("body"),
)

contract_version = Table(
    "contract_version",
    metadata,
    _whole("version", key=True),
    _text("sha256"),
    _text("created_at"),
    _text("created_by"),
    _text("origin"),
    _json("scope"),
)

run = Table(
    "run",
    metadata,
    _whole("number", key=True),
    _text("state"),
    _json("stages"),
    _json("options"),
    _text("actor"),
    _text("started_at"),
    _text("ended_at"),
    _text("verdict"),
)

run_stage = Table(
    "run_stage",
    metadata,
    Column("run_number", Integer, ForeignKey("run.number"), primary_key=True, nullable=False),
    _text("stage", key=True),
    _whole("attempt", key=True),
    _whole("position"),
    _text("state"),
    _text("heartbeat"),
    _text("input_hash"),
    _text("output_hash"),
    _text("started_at"),
    _text("ended_at"),
    _text("verdict"),
    _json("figures"),
    _text("summary"),
    _text("log_path"),
    _json("error"),
)

run_output = Table(
    "run_output",
    metadata,
    Column("run_number", Integer, ForeignKey("run.number"), primary_key=True, nullable=False),
    _text("stage", key=True),
    _text("path", key=True),
    _text("sha256"),
    _whole("size"),
)

published_file = Table(
    "published_file",
    metadata,
    _text("path", key=True),
    _text("sha256"),
    _whole("size"),
    _whole("mtime_ns"),
    Column("run_number", Integer, ForeignKey("run.number"), nullable=False),
    _text("stage"),
)

publish_journal = Table(
    "publish_journal",
    metadata,
    Column("run_number", Integer, ForeignKey("run.number"), primary_key=True, nullable=False),
    _text("stage", key=True),
    _whole("attempt"),
    _text("staged_dir"),
    _json("files"),
    _json("removals"),
)

audit_line = Table(
    "audit_line",
    metadata,
    _whole("seq", key=True),
    _text("at_utc"),
    _text("actor"),
    _text("action"),
    _text("subject"),
    Column("detail", Text, nullable=False),
    Column("inverse", Text, nullable=False),
    _text("previous_hash"),
    _text("hash"),
    Index("audit_line_subject", "subject"),
)

undo_entry = Table(
    "undo_entry",
    metadata,
    Column("seq", Integer, ForeignKey("audit_line.seq"), primary_key=True, nullable=False),
    _flag("undone"),
)
