"""Commands that can be taken back, also after the program was closed.

A command keeps its inverse in its audit line, within its own transaction.  Taking it back is a
command too, and is audited; what has changed since is left as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from caseload.lifecycle import exports
from caseload.lifecycle.decisions import lapse_approvals
from caseload.model.catalog import Side
from caseload.model.errors import BadInput
from caseload.model.views import ChangeKind, ChangeSet
from caseload.services import changes, mapping_view
from caseload.services.permission import Permission
from caseload.store.project_file import Command, ProjectFile
from caseload.store.records import Correction, UndoEntry

if TYPE_CHECKING:
    from caseload.services.session import ProjectSession

_AREAS: dict[str, tuple[ChangeKind, Permission]] = {
    "mappings": (ChangeKind.MAPPING, Permission.EDIT_MAPPINGS),
    "schemas": (ChangeKind.CATALOG, Permission.EDIT_CATALOG),
    "relationships": (ChangeKind.CATALOG, Permission.EDIT_CATALOG),
    "erd": (ChangeKind.DIAGRAM, Permission.EDIT_CATALOG),
    "readers": (ChangeKind.SETTING, Permission.EDIT_CATALOG),
}


class Kept(Protocol):
    """A part of the project file whose entries undo compares and puts back, by name."""

    def kept(self) -> dict[str, dict[str, Any]]:
        """Every entry as JSON."""

    def put_back(self, name: str, value: Mapping[str, Any] | None) -> None:
        """Make an entry what it was; None: there was none."""


def _parts(project: ProjectFile) -> dict[str, Kept]:
    return {
        "relationships": project.relationships,
        "renames": project.spec_versions,
        "routes": changes.KeptRoutes(project),
        "diagrams": project.diagrams,
        "readers": project.reader_profiles,
    }


@contextmanager
def undoable(
    session: ProjectSession, needed: Permission, action: str, label: str, *, subject: str = ""
) -> Iterator[Command]:
    """A command whose changes to rules, decisions and corrections can be taken back.

    `label` says it as the Undo button does: "approve 12 mappings".
    """
    project = session.project
    with session.command(needed, action, subject) as command:
        rules, decisions = changes.rules_of(project), changes.decisions_of(project)
        corrections = _corrections(session)
        parts = {name: part.kept() for name, part in _parts(project).items()}
        yield command
        if corrections != _corrections(session):
            lapse_approvals(project)
        inverse: dict[str, Any] = {
            "label": label,
            "rules": changes.rules_delta(rules, changes.rules_of(project)),
            "decisions": changes.decisions_delta(decisions, changes.decisions_of(project)),
            "corrections": _corrections_delta(corrections, _corrections(session)),
            "parts": {
                name: delta
                for name, part in _parts(project).items()
                if (delta := _part_delta(parts[name], part.kept()))
            },
        }
        command.detail["what"] = label
        command.detail["rules"] = sorted(inverse["rules"])
        if inverse["rules"] or inverse["corrections"] or inverse["parts"]:
            command.inverse.update(inverse)
    write_out(session, action, inverse["corrections"])


def write_out(
    session: ProjectSession, action: str, corrections: Sequence[Mapping[str, Any]]
) -> None:
    """Write the files that say what was decided; a crash before it is made good later.

    Of the catalogs only the sides that `corrections` changed are written: thousands of rows,
    after each single correction.
    """
    area = action.split(".", 1)[0]
    if area not in ("mappings", "schemas"):
        return
    sides = {Side(change["field"][0]) for change in corrections}
    if sides:
        known = {side: mapping_view.catalog(session, side) for side in Side}
        exports.export_catalogs(session.project, catalogs=known, sides=sides)
    exports.export_contract(session.project, by=session.actor, at=session.clock())


def undo_label(session: ProjectSession) -> str:
    """What Undo would take back; empty when there is nothing."""
    return _label(session.project.undo.next_undo())


def redo_label(session: ProjectSession) -> str:
    """What Redo would do again; empty when there is nothing."""
    return _label(session.project.undo.next_redo())


def undo(session: ProjectSession) -> ChangeSet:
    """Take back the last command that can be.

    Raises:
        BadInput: there is none.
    """
    return _go(session, session.project.undo.next_undo(), back=True)


def redo(session: ProjectSession) -> ChangeSet:
    """Do again what was taken back last.

    Raises:
        BadInput: there is nothing.
    """
    return _go(session, session.project.undo.next_redo(), back=False)


def _go(session: ProjectSession, entry: UndoEntry | None, *, back: bool) -> ChangeSet:
    verb = "undo" if back else "redo"
    if entry is None:
        raise BadInput(f"There is nothing to {verb}")
    area = entry.line.action.split(".", 1)[0]
    kind, needed = _AREAS[area]
    action, inverse = f"{area}.{verb}", entry.line.inverse
    with session.command(needed, action, entry.line.subject) as command:
        _apply_corrections(session, inverse.get("corrections", []), back=back)
        _apply_parts(session.project, inverse.get("parts", {}), back=back)
        changes.apply_decisions(session.project, inverse.get("decisions", []), back=back)
        moved = changes.apply_rules(session.project, inverse.get("rules", {}), back=back)
        session.project.undo.mark(entry.seq, undone=back)
        command.detail.update(what=inverse["label"], line=entry.seq, rules=moved)
    write_out(session, action, inverse.get("corrections", []))
    left = len(inverse.get("rules", {})) - len(moved)
    message = f"{'Undone' if back else 'Done again'}: {inverse['label']}"
    if left:
        message += f"; {left:,} changed since and stay as they are"
    touched = [(kind, tuple(moved))]
    if kind is not ChangeKind.MAPPING:
        touched.append((ChangeKind.MAPPING, tuple(moved)))
    return ChangeSet(tuple(touched), message=message)


def _label(entry: UndoEntry | None) -> str:
    return str(entry.line.inverse.get("label", "")) if entry else ""


Corrections = dict[tuple[str, str, str], Mapping[str, Any]]


def _corrections(session: ProjectSession) -> Corrections:
    return {
        (c.side.value, c.table_name, c.field_name): {
            "changes": dict(c.changes),
            "by": c.by,
            "why": c.why,
            "at": c.at,
        }
        for c in session.project.catalogs.corrections()
    }


def _corrections_delta(before: Corrections, after: Corrections) -> list[dict[str, Any]]:
    return [
        {"field": list(key), "before": before.get(key), "after": after.get(key)}
        for key in sorted({*before, *after})
        if before.get(key) != after.get(key)
    ]


def _apply_corrections(
    session: ProjectSession, delta: list[Mapping[str, Any]], *, back: bool
) -> None:
    catalogs, kept, gone = session.project.catalogs, [], []
    for change in delta:
        side, table, name = change["field"]
        wanted = change["before" if back else "after"]
        if wanted is None:
            gone.append((Side(side), table, name))
        else:
            kept.append(Correction(Side(side), table, name, **wanted))
    catalogs.withdraw_all(gone)
    catalogs.correct(*kept)


def _part_delta(
    before: Mapping[str, Mapping[str, Any]], after: Mapping[str, Mapping[str, Any]]
) -> list[dict[str, Any]]:
    return [
        {"name": name, "before": before.get(name), "after": after.get(name)}
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    ]


def _apply_parts(
    project: ProjectFile, deltas: Mapping[str, list[Mapping[str, Any]]], *, back: bool
) -> None:
    """Put entries as they were before (`back`) or after; those changed since stay as they are."""
    held, wanted = ("after", "before") if back else ("before", "after")
    parts = _parts(project)
    for name, delta in deltas.items():
        standing = parts[name].kept()
        for change in delta:
            if standing.get(change["name"]) == change[held]:
                parts[name].put_back(change["name"], change[wanted])
