"""Putting a catalog right: each command is audited, can be undone and survives re-reading.

Corrections lie beside the reading and name a field as the documents have it.  What the pages
show are fields as corrected; commands take the names that are shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from caseload.model.catalog import Catalog, FieldSpec, Side, TableSpec
from caseload.model.errors import BadInput
from caseload.model.views import ChangeKind, ChangeSet
from caseload.services import correction_values, mapping_view
from caseload.services.correction_renames import NamesKept
from caseload.services.correction_views import by_shown_name, read_field
from caseload.services.permission import Permission
from caseload.services.undo import undoable
from caseload.store.project_file import Command
from caseload.store.records import Correction, utc_text

if TYPE_CHECKING:
    from caseload.services.session import ProjectSession

Names = Sequence[tuple[str, str]]
Edit = tuple[str, str, Mapping[str, Any]]
_CONFIRMED = "confirmed as read"


def correct_field(
    session: ProjectSession,
    side: Side,
    table: str,
    field: str,
    changes: Mapping[str, Any],
    why: str,
) -> ChangeSet:
    """Put something right about a field; it holds when the documents are read again.

    `changes` pairs traits with values; "field_name" renames the field, and its mappings go
    along; {"removed": True} says that it is none.  Approvals of mappings of which the correction
    changes more than a name lapse.

    Raises:
        BadInput: there is no such field, or nothing of it may be corrected so.
    """
    return correct_fields(session, side, [(table, field, changes)], why)


def correct_fields(
    session: ProjectSession, side: Side, edits: Sequence[Edit], why: str
) -> ChangeSet:
    """Put several fields right in one command; all of them or none.

    Raises:
        BadInput: one of them cannot be corrected so; nothing is changed.
    """
    shown = mapping_view.catalog(session, side)
    specs = [_known(shown, table, field) for table, field, _ in edits]
    held = [
        correction_values.checked(spec, changes)
        for spec, (*_, changes) in zip(specs, edits, strict=True)
    ]
    _names_are_free(shown, specs, held)
    removing = any("removed" in changes for changes in held)
    label = _label("remove" if removing else "correct", specs)
    changed = sorted({name for changes in held for name in changes})
    names = [
        (spec.table_name, spec.field_name, str(changes["field_name"]))
        for spec, changes in zip(specs, held, strict=True)
        if "field_name" in changes
    ]
    with _command(session, side, "schemas.correct", label, specs) as command:
        command.detail["changed"] = ", ".join(changed)
        before = NamesKept(session, side) if names else None
        _keep_all(session, side, list(zip(specs, held, strict=True)), why, command)
        carried = before.carry(names, only_names=changed == ["field_name"]) if before else ""
    done = "removed" if removing else "corrected"
    said = f"{_named(specs)} {done}"
    if len(specs) == len(names) == 1:
        said = f"{_named(specs)} is {names[0][2]} now"
    return _changed(specs, label, f"{said}; {carried}" if carried else said)


def accept_field(session: ProjectSession, side: Side, table: str, field: str) -> ChangeSet:
    """Confirm that a field was read rightly: its confidence becomes 1.

    Raises:
        BadInput: there is no such field.
    """
    return accept_fields(session, side, [(table, field)])


def accept_fields(session: ProjectSession, side: Side, names: Names) -> ChangeSet:
    """Confirm that several fields were read rightly, in one command.

    Raises:
        BadInput: none is named, or there is no such field.
    """
    if not names:
        raise BadInput("No field is selected", remedy="Select fields first")
    shown = mapping_view.catalog(session, side)
    specs = [_known(shown, table, field) for table, field in names]
    label = _label("confirm", specs)
    with _command(session, side, "schemas.accept", label, specs) as command:
        confirmed = [(spec, {"confidence": 1.0}) for spec in specs]
        _keep_all(session, side, confirmed, _CONFIRMED, command)
    return _changed(specs, label, f"{_named(specs)} confirmed as read")


def add_field(
    session: ProjectSession,
    side: Side,
    table: str,
    field: str,
    changes: Mapping[str, Any],
    why: str,
) -> ChangeSet:
    """Add a field that was not read, to a table that there is or to a new one.

    `changes` may say its traits, its "position" and the "place" where it stands (attributes of
    Provenance).  A field that was removed comes back.

    Raises:
        BadInput: the table has such a field, a name is missing, or a trait cannot be so.
    """
    table, field = table.strip(), field.strip()
    correction_values.changes_for("field_name", field)
    if not table:
        raise BadInput("The field needs a table", remedy="Name the table it belongs to")
    shown = mapping_view.catalog(session, side)
    if shown.find(table, field) is not None:
        raise BadInput(
            f"{table} has a field {field} already",
            where=f"{side.value} catalog",
            remedy="Correct that field instead",
        )
    spec = FieldSpec(table, field, 0)
    held = {**correction_values.checked(spec, changes), "added": True}
    label = f"add {spec.qualified}"
    with _command(session, side, "schemas.add", label, [spec]) as command:
        _put(session, side, (table, field), held, why, command)
    return _changed([spec], label, f"{spec.qualified} added")


def add_table(
    session: ProjectSession, side: Side, table: str, description: str, why: str
) -> ChangeSet:
    """Add a table that was not read; its fields are added one by one.

    Raises:
        BadInput: there is such a table, or the name is missing.
    """
    table = table.strip()
    correction_values.changes_for("field_name", table)
    if any(name.casefold() == table.casefold() for name in _tables(session, side)):
        raise BadInput(f"There is a table {table} already", where=f"{side.value} catalog")
    label, spec = f"add table {table}", FieldSpec(table, "", 0)
    changes: dict[str, Any] = {"added": True}
    if description.strip():
        changes["description"] = description.strip()
    with _command(session, side, "schemas.add", label, [spec]) as command:
        _put(session, side, (table, ""), changes, why, command)
    return _changed([spec], label, f"Table {table} added")


def remove_table(session: ProjectSession, side: Side, table: str, why: str) -> ChangeSet:
    """Say that what was read as a table is none; its fields leave the catalog with it.

    Raises:
        BadInput: there is no such table.
    """
    if table not in _tables(session, side):
        raise BadInput(f"There is no table {table}", where=f"{side.value} catalog")
    label, spec = f"remove table {table}", FieldSpec(table, "", 0)
    with _command(session, side, "schemas.correct", label, [spec]) as command:
        command.detail["changed"] = "removed"
        if table in mapping_view.catalog_as_read(session, side).tables:
            _put(session, side, (table, ""), {"removed": True}, why, command)
        else:
            for each in session.project.catalogs.corrections(side):
                if each.table_name == table:
                    session.project.catalogs.withdraw(side, table, each.field_name)
    return _changed([spec], label, f"Table {table} removed")


def describe_table(
    session: ProjectSession, side: Side, table: str, description: str, why: str
) -> ChangeSet:
    """Put the description of a table right.

    Raises:
        BadInput: there is no such table.
    """
    if table not in _tables(session, side):
        raise BadInput(f"There is no table {table}", where=f"{side.value} catalog")
    label, spec = f"describe {table}", FieldSpec(table, "", 0)
    earlier = _earlier(session, side, (table, ""))
    with _command(session, side, "schemas.correct", label, [spec]) as command:
        command.detail["changed"] = "description"
        changes = {**earlier, "description": description.strip()}
        _put(session, side, (table, ""), changes, why, command)
    return _changed([spec], label, f"Description of {table} corrected")


def withdraw(session: ProjectSession, side: Side, names: Names) -> ChangeSet:
    """Take corrections back: the fields are again as read; names as shown or as read.

    Raises:
        BadInput: none of the fields has a correction.
    """
    shown = by_shown_name(session, side)
    kept = {(c.table_name, c.field_name) for c in session.project.catalogs.corrections(side)}
    keys = []
    for name in names:
        fix = shown.get(name)
        if fix is not None:
            keys.append((fix.table_name, fix.field_name))
        elif name in kept:
            keys.append(name)
    if not keys:
        raise BadInput("There is no correction to take back", where=f"{side.value} catalog")
    specs = [FieldSpec(table, field, 0) for table, field in keys]
    now = {(fix.table_name, fix.field_name): name for (_, name), fix in shown.items()}
    renamed = [(table, now.get((table, field), field), field) for table, field in keys]
    label = f"take back the correction of {_named(specs)}"
    with _command(session, side, "schemas.withdraw", label, specs):
        before = NamesKept(session, side)
        session.project.catalogs.withdraw_all((side, table, field) for table, field in keys)
        carried = before.carry(renamed, only_names=False)
    said = f"{_named(specs)} as read again"
    return _changed(specs, label, f"{said}; {carried}" if carried else said)


def _known(shown: Catalog, table: str, field: str) -> FieldSpec:
    spec = shown.find(table, field)
    if spec is None:
        raise BadInput(
            f"There is no field {table}.{field}",
            where=f"{shown.side.value} catalog",
            remedy="Name a field as the Schemas page shows it",
        )
    return spec


def _tables(session: ProjectSession, side: Side) -> Mapping[str, TableSpec]:
    return mapping_view.catalog(session, side).tables


def _names_are_free(
    shown: Catalog, specs: Sequence[FieldSpec], held: Sequence[Mapping[str, Any]]
) -> None:
    """Refuse a new name that another field of the table has or gets."""
    given: set[tuple[str, str]] = set()
    leaving = {
        spec.qualified.casefold()
        for spec, changes in zip(specs, held, strict=True)
        if "removed" in changes or "field_name" in changes
    }
    for spec, changes in zip(specs, held, strict=True):
        name = str(changes.get("field_name", ""))
        other = shown.find(spec.table_name, name) if name else None
        taken = other is not None and other.qualified.casefold() not in leaving
        if name and (taken or (spec.table_name, name.casefold()) in given):
            raise BadInput(
                f"{spec.table_name} has a field {name} already",
                where=spec.qualified,
                remedy="Remove the other field first, or give another name",
            )
        given.add((spec.table_name, name.casefold()))


@contextmanager
def _command(
    session: ProjectSession, side: Side, action: str, label: str, specs: Sequence[FieldSpec]
) -> Iterator[Command]:
    by_shown_name(session, side)
    subject = specs[0].qualified.rstrip(".") if len(specs) == 1 else f"{len(specs)} fields"
    with undoable(session, Permission.EDIT_CATALOG, action, label, subject=subject) as command:
        command.detail["side"] = side.value
        yield command


def _earlier(session: ProjectSession, side: Side, key: tuple[str, str]) -> dict[str, Any]:
    for each in session.project.catalogs.corrections(side):
        if (each.table_name, each.field_name) == key:
            return dict(each.changes)
    return {}


def _keep_all(
    session: ProjectSession,
    side: Side,
    edits: Sequence[tuple[FieldSpec, Mapping[str, Any]]],
    why: str,
    command: Command,
) -> None:
    """Keep the changes with those made before; what is as read again needs no correction."""
    fixes = by_shown_name(session, side)
    as_read = mapping_view.catalog_as_read(session, side)
    made = []
    for spec, changes in edits:
        fix = fixes.get((spec.table_name, spec.field_name))
        key = (fix.table_name, fix.field_name) if fix else (spec.table_name, spec.field_name)
        merged = {**(fix.changes if fix else {}), **changes}
        read = read_field(as_read, fix) if fix else as_read.find(*key)
        if read is None and changes.get("removed"):
            session.project.catalogs.withdraw(side, *key)
            continue
        if read is not None:
            merged = _against(read, merged)
        if merged:
            kept = fix is not None and (why == _CONFIRMED or not why.strip())
            said = fix.why if fix and kept else why
            made.append(_made(side, key, merged, said, command))
        elif fix:
            session.project.catalogs.withdraw(side, *key)
    session.project.catalogs.correct(*made)


def _against(read: FieldSpec, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Changes without those that say what was read, and with what was read of the others."""
    kept = {name: value for name, value in changes.items() if name not in ("was", "added")}
    was: dict[str, Any] = {}
    for name, value in list(kept.items()):
        if name in ("removed", "place", "confidence"):
            continue
        now = getattr(read, name)
        if (tuple(value) if isinstance(value, list) else value) == now:
            del kept[name]
        else:
            was[name] = list(now) if isinstance(now, tuple) else now
    if not was and kept.keys() <= {"place"}:
        return {}
    return {**kept, "was": was} if was else kept


def _put(
    session: ProjectSession,
    side: Side,
    key: tuple[str, str],
    changes: Mapping[str, Any],
    why: str,
    command: Command,
) -> None:
    session.project.catalogs.correct(_made(side, key, changes, why, command))


def _made(
    side: Side, key: tuple[str, str], changes: Mapping[str, Any], why: str, command: Command
) -> Correction:
    at = utc_text(command.at)
    return Correction(side, *key, dict(changes), command.actor, why.strip(), at)


def _label(verb: str, specs: Sequence[FieldSpec]) -> str:
    return f"{verb} {_named(specs)}"


def _named(specs: Sequence[FieldSpec]) -> str:
    return specs[0].qualified.rstrip(".") if len(specs) == 1 else f"{len(specs):,} fields"


def _changed(specs: Sequence[FieldSpec], label: str, message: str) -> ChangeSet:
    names = tuple(spec.qualified.rstrip(".") for spec in specs)
    kinds = ((ChangeKind.CATALOG, names), (ChangeKind.MAPPING, ()))
    return ChangeSet(kinds, label, message)
