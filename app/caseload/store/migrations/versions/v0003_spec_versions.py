"""Spec versions, renames, relationships, diagrams, reader profiles, and where a field ends."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"

_STEPS = (
    "ALTER TABLE catalog_field ADD COLUMN loaded_to TEXT DEFAULT '' NOT NULL",
    """
    CREATE TABLE spec_version (
        id INTEGER NOT NULL PRIMARY KEY,
        side TEXT DEFAULT '' NOT NULL,
        label TEXT DEFAULT '' NOT NULL,
        fingerprint TEXT DEFAULT '' NOT NULL,
        documents TEXT DEFAULT '{}' NOT NULL,
        tables INTEGER NOT NULL,
        fields INTEGER NOT NULL,
        body BLOB NOT NULL,
        taken_by TEXT DEFAULT '' NOT NULL,
        taken_at TEXT DEFAULT '' NOT NULL
    )
    """,
    "CREATE INDEX spec_version_side ON spec_version (side)",
    """
    CREATE TABLE field_rename (
        side TEXT NOT NULL,
        old_table TEXT NOT NULL,
        old_field TEXT NOT NULL,
        new_table TEXT DEFAULT '' NOT NULL,
        new_field TEXT DEFAULT '' NOT NULL,
        state TEXT DEFAULT '' NOT NULL,
        evidence TEXT DEFAULT '{}' NOT NULL,
        why TEXT DEFAULT '' NOT NULL,
        "by" TEXT DEFAULT '' NOT NULL,
        at TEXT DEFAULT '' NOT NULL,
        PRIMARY KEY (side, old_table, old_field)
    )
    """,
    """
    CREATE TABLE relationship_decision (
        id TEXT NOT NULL,
        side TEXT DEFAULT '' NOT NULL,
        child TEXT DEFAULT '' NOT NULL,
        child_fields TEXT DEFAULT '{}' NOT NULL,
        parent TEXT DEFAULT '' NOT NULL,
        parent_fields TEXT DEFAULT '{}' NOT NULL,
        state TEXT DEFAULT '' NOT NULL,
        cardinality TEXT DEFAULT '' NOT NULL,
        why TEXT DEFAULT '' NOT NULL,
        "by" TEXT DEFAULT '' NOT NULL,
        at TEXT DEFAULT '' NOT NULL,
        PRIMARY KEY (id)
    )
    """,
    "CREATE INDEX relationship_decision_side ON relationship_decision (side)",
    """
    CREATE TABLE relationship_measure (
        id TEXT NOT NULL,
        side TEXT DEFAULT '' NOT NULL,
        body TEXT DEFAULT '{}' NOT NULL,
        data TEXT DEFAULT '' NOT NULL,
        at TEXT DEFAULT '' NOT NULL,
        PRIMARY KEY (id)
    )
    """,
    """
    CREATE TABLE erd_layout (
        side TEXT NOT NULL,
        name TEXT NOT NULL,
        body TEXT DEFAULT '{}' NOT NULL,
        "by" TEXT DEFAULT '' NOT NULL,
        at TEXT DEFAULT '' NOT NULL,
        PRIMARY KEY (side, name)
    )
    """,
    """
    CREATE TABLE erd_domain (
        side TEXT NOT NULL,
        table_name TEXT NOT NULL,
        domain TEXT DEFAULT '' NOT NULL,
        "by" TEXT DEFAULT '' NOT NULL,
        at TEXT DEFAULT '' NOT NULL,
        PRIMARY KEY (side, table_name)
    )
    """,
    """
    CREATE TABLE reader_profile (
        id TEXT NOT NULL,
        name TEXT DEFAULT '' NOT NULL,
        kind TEXT DEFAULT '' NOT NULL,
        body TEXT DEFAULT '{}' NOT NULL,
        "by" TEXT DEFAULT '' NOT NULL,
        at TEXT DEFAULT '' NOT NULL,
        PRIMARY KEY (id)
    )
    """,
)


def upgrade() -> None:
    """Add what the reading of documents needs to remember of people's decisions."""
    for step in _STEPS:
        op.execute(step)
