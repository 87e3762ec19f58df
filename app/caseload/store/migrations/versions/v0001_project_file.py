"""The first project file: catalogs, contract, runs, published files and the audit."""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None

_TABLES = (
    """
    CREATE TABLE audit_line (
        seq INTEGER NOT NULL,
        at_utc TEXT DEFAULT '' NOT NULL,
        actor TEXT DEFAULT '' NOT NULL,
        action TEXT DEFAULT '' NOT NULL,
        subject TEXT DEFAULT '' NOT NULL,
        detail TEXT NOT NULL,
        inverse TEXT NOT NULL,
        previous_hash TEXT DEFAULT '' NOT NULL,
        hash TEXT DEFAULT '' NOT NULL,
        PRIMARY KEY (seq)
    )
    """,
    """
    CREATE INDEX audit_line_subject ON audit_line (subject)
    """,
    """
    CREATE TABLE catalog (
        side TEXT NOT NULL,
        documents TEXT DEFAULT '{}' NOT NULL,
        problems TEXT DEFAULT '{}' NOT NULL,
        PRIMARY KEY (side)
    )
    """,
    """
    CREATE TABLE contract_version (
        version INTEGER NOT NULL,
        sha256 TEXT DEFAULT '' NOT NULL,
        created_at TEXT DEFAULT '' NOT NULL,
        created_by TEXT DEFAULT '' NOT NULL,
        origin TEXT DEFAULT '' NOT NULL,
        scope TEXT DEFAULT '{}' NOT NULL,
        PRIMARY KEY (version)
    )
    """,
    """
    CREATE TABLE document (
        stored_path TEXT NOT NULL,
        name TEXT DEFAULT '' NOT NULL,
        sha256 TEXT DEFAULT '' NOT NULL,
        size INTEGER NOT NULL,
        kind TEXT DEFAULT '' NOT NULL,
        side TEXT DEFAULT '' NOT NULL,
        added_by TEXT DEFAULT '' NOT NULL,
        added_at TEXT DEFAULT '' NOT NULL,
        active BOOLEAN DEFAULT 0 NOT NULL,
        PRIMARY KEY (stored_path)
    )
    """,
    """
    CREATE TABLE field_correction (
        side TEXT NOT NULL,
        table_name TEXT NOT NULL,
        field_name TEXT NOT NULL,
        changes TEXT DEFAULT '{}' NOT NULL,
        "by" TEXT DEFAULT '' NOT NULL,
        why TEXT DEFAULT '' NOT NULL,
        at TEXT DEFAULT '' NOT NULL,
        PRIMARY KEY (side, table_name, field_name)
    )
    """,
    """
    CREATE TABLE mapping_rule (
        rule_id TEXT NOT NULL,
        position INTEGER NOT NULL,
        target_table TEXT DEFAULT '' NOT NULL,
        target_field TEXT DEFAULT '' NOT NULL,
        route TEXT DEFAULT '' NOT NULL,
        mapping_class TEXT DEFAULT '' NOT NULL,
        source_table TEXT DEFAULT '' NOT NULL,
        source_field TEXT DEFAULT '' NOT NULL,
        mapping_rule TEXT DEFAULT '' NOT NULL,
        confidence TEXT DEFAULT '' NOT NULL,
        notes TEXT DEFAULT '' NOT NULL,
        expression TEXT DEFAULT '' NOT NULL,
        crosswalk TEXT DEFAULT '' NOT NULL,
        on_miss TEXT DEFAULT '' NOT NULL,
        on_failure TEXT DEFAULT '' NOT NULL,
        default_value TEXT,
        status TEXT DEFAULT '' NOT NULL,
        edited_by TEXT DEFAULT '' NOT NULL,
        edited_at TEXT DEFAULT '' NOT NULL,
        approved_by TEXT DEFAULT '' NOT NULL,
        approved_at TEXT DEFAULT '' NOT NULL,
        approved_hash TEXT DEFAULT '' NOT NULL,
        rule_hash TEXT DEFAULT '' NOT NULL,
        PRIMARY KEY (rule_id)
    )
    """,
    """
    CREATE INDEX mapping_rule_status ON mapping_rule (status)
    """,
    """
    CREATE INDEX mapping_rule_target ON mapping_rule (target_table, target_field)
    """,
    """
    CREATE TABLE person (
        name TEXT NOT NULL,
        display_name TEXT DEFAULT '' NOT NULL,
        role TEXT DEFAULT '' NOT NULL,
        created_at TEXT DEFAULT '' NOT NULL,
        PRIMARY KEY (name)
    )
    """,
    """
    CREATE TABLE project (
        project_id TEXT NOT NULL,
        name TEXT DEFAULT '' NOT NULL,
        created_at TEXT DEFAULT '' NOT NULL,
        created_by TEXT DEFAULT '' NOT NULL,
        PRIMARY KEY (project_id)
    )
    """,
    """
    CREATE TABLE route (
        target_table TEXT NOT NULL,
        name TEXT NOT NULL,
        ordinal INTEGER NOT NULL,
        body TEXT DEFAULT '{}' NOT NULL,
        PRIMARY KEY (target_table, name)
    )
    """,
    """
    CREATE TABLE run (
        number INTEGER NOT NULL,
        state TEXT DEFAULT '' NOT NULL,
        stages TEXT DEFAULT '{}' NOT NULL,
        options TEXT DEFAULT '{}' NOT NULL,
        actor TEXT DEFAULT '' NOT NULL,
        started_at TEXT DEFAULT '' NOT NULL,
        ended_at TEXT DEFAULT '' NOT NULL,
        verdict TEXT DEFAULT '' NOT NULL,
        PRIMARY KEY (number)
    )
    """,
    """
    CREATE TABLE setting (
        scope TEXT NOT NULL,
        "key" TEXT NOT NULL,
        value TEXT DEFAULT '{}' NOT NULL,
        changed_by TEXT DEFAULT '' NOT NULL,
        changed_at TEXT DEFAULT '' NOT NULL,
        PRIMARY KEY (scope, "key")
    )
    """,
    """
    CREATE TABLE suggestion (
        target_table TEXT NOT NULL,
        target_field TEXT NOT NULL,
        ordinal INTEGER NOT NULL,
        status TEXT DEFAULT '' NOT NULL,
        in_priority BOOLEAN DEFAULT 0 NOT NULL,
        in_hint_tables BOOLEAN DEFAULT 0 NOT NULL,
        notes TEXT DEFAULT '' NOT NULL,
        PRIMARY KEY (target_table, target_field)
    )
    """,
    """
    CREATE TABLE candidate (
        target_table TEXT NOT NULL,
        target_field TEXT NOT NULL,
        rank INTEGER NOT NULL,
        source_table TEXT DEFAULT '' NOT NULL,
        source_field TEXT DEFAULT '' NOT NULL,
        score FLOAT NOT NULL,
        evidence TEXT DEFAULT '{}' NOT NULL,
        PRIMARY KEY (target_table, target_field, rank),
        FOREIGN KEY(target_table, target_field)
            REFERENCES suggestion (target_table, target_field) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE catalog_table (
        side TEXT NOT NULL,
        name TEXT NOT NULL,
        ordinal INTEGER NOT NULL,
        description TEXT DEFAULT '' NOT NULL,
        load_order INTEGER,
        provenance TEXT DEFAULT '{}' NOT NULL,
        PRIMARY KEY (side, name),
        FOREIGN KEY(side) REFERENCES catalog (side) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE publish_journal (
        run_number INTEGER NOT NULL,
        stage TEXT NOT NULL,
        attempt INTEGER NOT NULL,
        staged_dir TEXT DEFAULT '' NOT NULL,
        files TEXT DEFAULT '{}' NOT NULL,
        removals TEXT DEFAULT '{}' NOT NULL,
        PRIMARY KEY (run_number, stage),
        FOREIGN KEY(run_number) REFERENCES run (number)
    )
    """,
    """
    CREATE TABLE published_file (
        path TEXT NOT NULL,
        sha256 TEXT DEFAULT '' NOT NULL,
        size INTEGER NOT NULL,
        mtime_ns INTEGER NOT NULL,
        run_number INTEGER NOT NULL,
        stage TEXT DEFAULT '' NOT NULL,
        PRIMARY KEY (path),
        FOREIGN KEY(run_number) REFERENCES run (number)
    )
    """,
    """
    CREATE TABLE run_output (
        run_number INTEGER NOT NULL,
        stage TEXT NOT NULL,
        path TEXT NOT NULL,
        sha256 TEXT DEFAULT '' NOT NULL,
        size INTEGER NOT NULL,
        PRIMARY KEY (run_number, stage, path),
        FOREIGN KEY(run_number) REFERENCES run (number)
    )
    """,
    """
    CREATE TABLE run_stage (
        run_number INTEGER NOT NULL,
        stage TEXT NOT NULL,
        attempt INTEGER NOT NULL,
        position INTEGER NOT NULL,
        state TEXT DEFAULT '' NOT NULL,
        heartbeat TEXT DEFAULT '' NOT NULL,
        input_hash TEXT DEFAULT '' NOT NULL,
        output_hash TEXT DEFAULT '' NOT NULL,
        started_at TEXT DEFAULT '' NOT NULL,
        ended_at TEXT DEFAULT '' NOT NULL,
        verdict TEXT DEFAULT '' NOT NULL,
        figures TEXT DEFAULT '{}' NOT NULL,
        summary TEXT DEFAULT '' NOT NULL,
        log_path TEXT DEFAULT '' NOT NULL,
        error TEXT DEFAULT '{}' NOT NULL,
        PRIMARY KEY (run_number, stage, attempt),
        FOREIGN KEY(run_number) REFERENCES run (number)
    )
    """,
    """
    CREATE TABLE undo_entry (
        seq INTEGER NOT NULL,
        undone BOOLEAN DEFAULT 0 NOT NULL,
        PRIMARY KEY (seq),
        FOREIGN KEY(seq) REFERENCES audit_line (seq)
    )
    """,
    """
    CREATE TABLE catalog_field (
        side TEXT NOT NULL,
        table_name TEXT NOT NULL,
        ordinal INTEGER NOT NULL,
        field_name TEXT DEFAULT '' NOT NULL,
        position INTEGER NOT NULL,
        data_type TEXT DEFAULT '' NOT NULL,
        length TEXT DEFAULT '' NOT NULL,
        raw_field_name TEXT DEFAULT '' NOT NULL,
        description TEXT DEFAULT '' NOT NULL,
        mandatory BOOLEAN DEFAULT 0 NOT NULL,
        data_element TEXT DEFAULT '' NOT NULL,
        logical_delete_flag TEXT DEFAULT '' NOT NULL,
        released_at TEXT DEFAULT '' NOT NULL,
        format TEXT DEFAULT '' NOT NULL,
        allowed_values TEXT DEFAULT '{}' NOT NULL,
        code_type TEXT DEFAULT '' NOT NULL,
        foreign_table TEXT DEFAULT '' NOT NULL,
        foreign_field TEXT DEFAULT '' NOT NULL,
        is_unique BOOLEAN DEFAULT 0 NOT NULL,
        upper BOOLEAN DEFAULT 0 NOT NULL,
        condition TEXT DEFAULT '' NOT NULL,
        provenance TEXT DEFAULT '{}' NOT NULL,
        confidence FLOAT NOT NULL,
        checks TEXT DEFAULT '{}' NOT NULL,
        PRIMARY KEY (side, table_name, ordinal),
        FOREIGN KEY(side, table_name) REFERENCES catalog_table (side, name) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX catalog_field_name ON catalog_field (side, table_name, field_name)
    """,
)

_AUDIT_TRIGGERS = (
    """
    CREATE TRIGGER audit_line_no_update BEFORE UPDATE ON audit_line
    BEGIN SELECT RAISE(ABORT, 'audit lines are never changed'); END
    """,
    """
    CREATE TRIGGER audit_line_no_delete BEFORE DELETE ON audit_line
    BEGIN SELECT RAISE(ABORT, 'audit lines are never removed'); END
    """,
    """
    CREATE TRIGGER audit_line_only_next BEFORE INSERT ON audit_line
    WHEN NEW.seq IS NOT (SELECT COALESCE(MAX(seq), 0) + 1 FROM audit_line)
    BEGIN SELECT RAISE(ABORT, 'audit lines are only added at the end'); END
    """,
)


def upgrade() -> None:
    """Make the tables, and the triggers that keep the audit append-only.

    The third trigger is also what refuses INSERT OR REPLACE, which fires no DELETE trigger.
    """
    for statement in (*_TABLES, *_AUDIT_TRIGGERS):
        op.execute(statement)
