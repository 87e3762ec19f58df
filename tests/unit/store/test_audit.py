"""The audit finds what was done to it, whoever did it and however they went round it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as sqlite
import pytest
from store_time import NOW

from caseload.store.audit import genesis_hash, line_hash
from caseload.store.project_file import ProjectFile
from caseload.store.records import AuditHead

Reopen = Callable[..., ProjectFile]


@pytest.fixture
def ten(project: ProjectFile) -> ProjectFile:
    """A closed project with ten audit lines."""
    for number in range(2, 11):
        with project.command("anna", "settings.put", f"key{number}", at=NOW) as command:
            project.settings.put(f"key{number}", number, by="anna", at=NOW)
            command.detail["value"] = number
    project.close()
    return project


def tamper(project: ProjectFile, *statements: str) -> None:
    """As somebody would with the file at hand: triggers off first."""
    raw = sqlite.connect(project.path, isolation_level=None)
    for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        raw.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        raw.execute(statement)
    raw.close()


def test_an_untouched_audit_holds(ten: ProjectFile, reopen: Reopen) -> None:
    report = reopen().audit.verify()
    assert (report.ok, report.lines, report.anchored) == (True, 10, True)


@pytest.mark.parametrize(
    ("statements", "broken"),
    [
        (["UPDATE audit_line SET actor = 'ben' WHERE seq = 4"], 4),
        (["UPDATE audit_line SET detail = '{\"value\":9}' WHERE seq = 5"], 5),
        (["UPDATE audit_line SET inverse = '{}1' WHERE seq = 5"], 5),
        (["UPDATE audit_line SET at_utc = '2026-01-01T00:00:00Z' WHERE seq = 1"], 1),
        (["UPDATE audit_line SET hash = hash || '0' WHERE seq = 10"], 10),
        (["DELETE FROM audit_line WHERE seq = 6"], 6),
        (["DELETE FROM audit_line WHERE seq = 1"], 1),
        (
            [
                "DELETE FROM audit_line WHERE seq = 6",
                "UPDATE audit_line SET seq = seq - 1 WHERE seq > 6",
            ],
            6,
        ),
        (
            [
                "UPDATE audit_line SET seq = 99 WHERE seq = 3",
                "UPDATE audit_line SET seq = 3 WHERE seq = 4",
                "UPDATE audit_line SET seq = 4 WHERE seq = 99",
            ],
            3,
        ),
        (
            [
                (
                    "INSERT INTO audit_line SELECT 11, at_utc, actor, action, subject, detail,"
                    " inverse, previous_hash, hash FROM audit_line WHERE seq = 10"
                )
            ],
            11,
        ),
        (["DELETE FROM audit_line WHERE seq > 7"], 10),
        (["DELETE FROM audit_line"], 10),
    ],
)
def test_edits_deletions_reorders_insertions_and_cuts_are_found(
    ten: ProjectFile, reopen: Reopen, statements: list[str], broken: int
) -> None:
    tamper(ten, *statements)
    report = reopen().audit.verify()
    assert not report.ok
    # What only the anchor shows is broken at or just after the end that is left.
    assert report.first_broken == (min(broken, report.lines + 1))
    assert report.problem


def rechain(project: ProjectFile, *, from_seq: int) -> None:
    """Rebuild the chain from a line on, as somebody with the program at hand could."""
    raw = sqlite.connect(project.path, isolation_level=None)
    raw.row_factory = sqlite.Row
    rows = raw.execute("SELECT * FROM audit_line ORDER BY seq").fetchall()
    previous = genesis_hash(project.info.project_id)
    for row in rows:
        if row["seq"] >= from_seq:
            own = line_hash(
                *(row[k] for k in ("seq", "at_utc", "actor", "action", "subject")),
                *(row[k] for k in ("detail", "inverse")),
                previous,
            )
            raw.execute(
                "UPDATE audit_line SET previous_hash = ?, hash = ? WHERE seq = ?",
                (previous, own, row["seq"]),
            )
            previous = own
        else:
            previous = row["hash"]
    raw.close()


def test_a_chain_rebuilt_after_an_edit_is_found_by_the_anchor(
    ten: ProjectFile, reopen: Reopen
) -> None:
    tamper(ten, "UPDATE audit_line SET actor = 'ben' WHERE seq = 4")
    rechain(ten, from_seq=4)
    assert reopen(anchor_dir=None).audit.verify().ok, "the chain alone cannot tell"
    assert reopen().audit.verify().first_broken == 10


def test_an_old_copy_put_back_is_found_by_the_anchor(
    project: ProjectFile, reopen: Reopen, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.caseload"
    project.backup_to(copy)
    with project.command("anna", "settings.put", "x", at=NOW):
        project.settings.put("x", 1, by="anna", at=NOW)
    project.close()
    shutil.copy(copy, project.path)
    report = reopen().audit.verify()
    assert report.first_broken == 2
    assert "older copy" in report.problem


def test_going_on_working_does_not_wipe_out_the_evidence(ten: ProjectFile, reopen: Reopen) -> None:
    tamper(ten, "DELETE FROM audit_line WHERE seq > 7")
    again = reopen()
    for _ in range(5):
        with again.command("anna", "settings.put", "x", at=NOW):
            again.settings.put("x", 1, by="anna", at=NOW)
    report = reopen().audit.verify()
    assert report.lines == 12
    assert report.first_broken == 10
    again = reopen()
    again.audit.accept_history()
    assert again.audit.verify().ok


def test_the_head_in_an_export_is_an_anchor_too(ten: ProjectFile, reopen: Reopen) -> None:
    exported = reopen(anchor_dir=None).audit.head()
    tamper(ten, "DELETE FROM audit_line WHERE seq > 7")
    project = reopen(anchor_dir=None)
    assert project.audit.verify().ok
    assert not project.audit.verify([exported]).ok
    assert not project.audit.verify([AuditHead(5, "0" * 64)]).ok


def test_a_damaged_anchor_is_not_taken_for_none(ten: ProjectFile, reopen: Reopen) -> None:
    path = ten._anchor.path
    assert path is not None
    for damage in ("", "{}", json.dumps({"project_id": "other", "seq": 10, "hash": "x"})):
        path.write_text(damage)
        assert not reopen().audit.verify().ok


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_line SET actor = 'ben' WHERE seq = 3",
        "DELETE FROM audit_line WHERE seq = 10",
        "INSERT OR REPLACE INTO audit_line SELECT * FROM audit_line WHERE seq = 3",
        "REPLACE INTO audit_line SELECT * FROM audit_line WHERE seq = 10",
        (
            "INSERT OR IGNORE INTO audit_line SELECT 42, at_utc, actor, action, subject, detail,"
            " inverse, previous_hash, hash FROM audit_line WHERE seq = 3"
        ),
        "UPDATE OR REPLACE audit_line SET seq = 4 WHERE seq = 3",
    ],
)
def test_lines_are_only_ever_added_at_the_end(ten: ProjectFile, statement: str) -> None:
    raw: Any = sqlite.connect(ten.path, isolation_level=None)
    with pytest.raises(sqlite.IntegrityError, match="audit lines are"):
        raw.execute(statement)
    assert raw.execute("SELECT COUNT(*) FROM audit_line").fetchone() == (10,)
    raw.close()


def test_a_command_that_fails_leaves_neither_change_nor_line(project: ProjectFile) -> None:
    def fail() -> None:
        with project.command("anna", "settings.put", at=NOW):
            project.settings.put("x", 1, by="anna", at=NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert project.settings.get("x") is None
    assert project.audit.count() == 1


def test_undo_and_redo_walk_the_commands_that_have_an_inverse(project: ProjectFile) -> None:
    def put(value: int) -> None:
        with project.command("anna", "settings.put", "x", at=NOW) as command:
            command.inverse["value"] = project.settings.get("x")
            project.settings.put("x", value, by="anna", at=NOW)

    def undo() -> None:
        entry = project.undo.next_undo()
        assert entry is not None
        with project.command("anna", "undo", str(entry.seq), at=NOW):
            project.settings.put("x", entry.line.inverse["value"], by="anna", at=NOW)
            project.undo.mark(entry.seq, undone=True)

    for value in (1, 2, 3):
        put(value)
    undo()
    undo()
    assert project.settings.get("x") == 1
    redo = project.undo.next_redo()
    assert redo is not None
    assert redo.line.inverse == {"value": 1}
    put(9)
    assert project.undo.next_redo() is None
    assert project.audit.verify().ok


def test_lines_are_found_by_actor_action_and_subject(ten: ProjectFile, reopen: Reopen) -> None:
    audit = reopen().audit
    assert [line.seq for line in audit.lines(limit=2)] == [10, 9]
    assert len(audit.lines(action="settings.")) == 9
    assert [line.seq for line in audit.lines(subject="key10")] == [10]
    assert audit.lines(actor="ben") == []
    assert audit.lines(action="set%") == []


def test_a_hundred_thousand_lines_are_verified(project: ProjectFile, reopen: Reopen) -> None:
    head = project.audit.head()
    project.close()
    rows, previous = [], head.hash
    for seq in range(2, 100_001):
        line = (seq, "2026-03-31T09:30:00Z", "anna", "mappings.approve", f"LOAD_X.F{seq}")
        own = line_hash(*line, '{"rules":1}', "{}", previous)
        rows.append((*line, '{"rules":1}', "{}", previous, own))
        previous = own
    raw = sqlite.connect(project.path, isolation_level=None)
    raw.execute("BEGIN")
    raw.executemany("INSERT INTO audit_line VALUES (?,?,?,?,?,?,?,?,?)", rows)
    raw.execute("COMMIT")
    raw.close()
    audit = reopen(anchor_dir=None).audit
    report = audit.verify()
    assert (report.ok, report.lines) == (True, 100_000)


def test_a_copy_worked_on_elsewhere_does_not_make_the_original_look_old(
    ten: ProjectFile, tmp_path: Path
) -> None:
    ten.close()
    shutil.copytree(ten.folder, tmp_path / "copy")
    anchors = tmp_path / "profile"
    with (
        ProjectFile.open(tmp_path / "copy", person="ben", now=NOW, anchor_dir=anchors) as copy,
        copy.command("ben", "settings.put", "mock.rows", at=NOW),
    ):
        pass
    with ProjectFile.open(ten.folder, person="anna", now=NOW, anchor_dir=anchors) as original:
        assert original.audit.verify().ok
