"""Links looked up and listed: by what people call them, by table, state and confidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from caseload.model.catalog import Side
from caseload.model.errors import BadInput
from caseload.model.relationship import LinkKind, LinkState, RelationshipRow
from caseload.model.views import ChangeSet
from caseload.services.excel import Sheet, write_workbook
from caseload.services.permission import Permission
from caseload.services.relationships import relationships

if TYPE_CHECKING:
    from caseload.services.session import ProjectSession

_HEADERS = (
    "Side", "Child", "Child fields", "Parent", "Parent fields", "Cardinality", "Kind", "State",
    "Confidence", "For", "Against", "By", "At (UTC)", "Why", "Id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LinkFilter:
    """Which links are wanted; None and empty mean any.  `table` is either end of a link."""

    side: Side | None = None
    table: str = ""
    state: LinkState | None = None
    kind: LinkKind | None = None
    below: float | None = None


def selected(session: ProjectSession, wanted: LinkFilter) -> tuple[RelationshipRow, ...]:
    """Links that match; rejected ones only where they are asked for.

    Raises:
        BadInput: there is no such table.
    """
    rejected = wanted.state is LinkState.REJECTED
    sides = (wanted.side,) if wanted.side else tuple(Side)
    rows = [r for s in sides for r in relationships(session, s, include_rejected=rejected)]
    if wanted.table:
        table = wanted.table.casefold()
        _check_table(session, sides, wanted.table)
        rows = [r for r in rows if table in (r.child.casefold(), r.parent.casefold())]
    return tuple(
        row
        for row in rows
        if wanted.state in (None, row.state)
        and wanted.kind in (None, row.kind)
        and (wanted.below is None or row.confidence < wanted.below)
    )


def _check_table(session: ProjectSession, sides: Sequence[Side], table: str) -> None:
    from caseload.services import mapping_view

    known = {n.casefold() for s in sides for n in mapping_view.catalog(session, s).tables}
    if table.casefold() not in known:
        raise BadInput(
            f"There is no table {table}", remedy="Name a table as the Schemas page shows it"
        )


def named(session: ProjectSession, names: Sequence[str]) -> tuple[RelationshipRow, ...]:
    """The links that people mean: by id, by id without its side, or by the child's fields.

    Raises:
        BadInput: a name means none, or more than one.
    """
    rows = [r for side in Side for r in relationships(session, side, include_rejected=True)]
    return tuple(dict.fromkeys(_one(rows, name) for name in names))


def _one(rows: Sequence[RelationshipRow], name: str) -> RelationshipRow:
    wanted = name.strip().replace(" ", "").replace("->", ">").casefold()
    for forms in (_ids, _starts):
        found = [row for row in rows if wanted in forms(row)]
        if len(found) == 1:
            return found[0]
        if found:
            raise BadInput(
                f"{name} may be {len(found)} relationships",
                where=", ".join(row.id for row in found[:3]),
                remedy="Give the whole id",
            )
    raise BadInput(
        f"There is no relationship {name}",
        remedy="Name relationships as `caseload relationships list` shows them",
    )


def _ids(row: RelationshipRow) -> tuple[str, ...]:
    folded = row.id.casefold()
    return folded, folded.partition(":")[2]


def _starts(row: RelationshipRow) -> tuple[str, ...]:
    return tuple(name.partition(">")[0] for name in _ids(row))


def export(session: ProjectSession, wanted: LinkFilter, path: Path) -> ChangeSet:
    """Write the links that match to an .xlsx, with the evidence for and against each.

    Raises:
        BadInput: the path is no place for it.
        EnvironmentTrouble: the file cannot be written.
    """
    session.require(Permission.EXPORT)
    target = path if path.is_absolute() else session.folder / path
    if target.suffix.lower() != ".xlsx" or target.is_dir():
        raise BadInput(
            "Relationships are written to an Excel file",
            where=str(path),
            remedy="Name a file that ends in .xlsx",
        )
    rows = selected(session, wanted)
    sheet = Sheet("Relationships", _HEADERS, [_cells(row) for row in rows])
    write_workbook(target, [sheet], created=session.clock())
    if not session.read_only:
        with session.command(Permission.EXPORT, "relationships.export", target.name):
            pass
    count = "1 relationship" if len(rows) == 1 else f"{len(rows):,} relationships"
    return ChangeSet(message=f"{count} written to {target.name}")


def _cells(row: RelationshipRow) -> list[object]:
    return [
        row.side.value,
        row.child,
        ", ".join(row.child_fields),
        row.parent,
        ", ".join(row.parent_fields),
        row.cardinality.value,
        row.kind.value,
        row.state.value,
        row.confidence,
        "; ".join(f"{e.name}: {e.note}" for e in row.evidence if e.passed),
        "; ".join(f"{e.name}: {e.note}" for e in row.evidence if not e.passed),
        row.by,
        row.at,
        row.why,
        row.id,
    ]
