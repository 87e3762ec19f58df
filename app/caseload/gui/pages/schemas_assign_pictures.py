"""The states of the assignment step that are drawn for a look, on a register nobody could tell."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from caseload.model.catalog import Side

if TYPE_CHECKING:
    from caseload.gui.pages.schemas import SchemasPage
    from caseload.gui.pages.schemas_assign import AssignColumns

_HEADERS = ("Bereich", "Teil", "Machart", "Raum", "Zweck")
_TABLES = ("Ward register", "Bed register", "Stay register", "Clinic register")
_FIELDS = (
    ("register number", "plain text", "up to 8", "The number on the door"),
    ("opened on", "day", "", "When the first patient came"),
    ("state of use", "plain text", "up to 2", "Open, shut or lent"),
    ("remark", "long text", "up to 400", "Whatever the sister wrote"),
    ("held by", "plain text", "up to 12", "Who answers for it"),
)


def states() -> dict[str, Callable[[SchemasPage], None]]:
    """Names and what brings each about."""
    return {"asked": _asked, "roles": _roles, "told": _told, "gone": _gone}


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    """A folder that goes with the program."""
    return tempfile.TemporaryDirectory(prefix="caseload-pictures")


def _document() -> Path:
    path = Path(_folder().name) / "ward register, issue 3.csv"
    if not path.exists():
        with path.open("w", newline="", encoding="utf-8") as file:
            out = csv.writer(file)
            out.writerow(["Ward register of the Quarry Vale Hospitals, issue 3"])
            out.writerow(_HEADERS)
            out.writerows((table, *row) for row in _FIELDS for table in _TABLES)
    return path


def _asked(page: SchemasPage) -> None:
    page.assign_columns(str(_document()), Side.SOURCE)


def _step(page: SchemasPage) -> AssignColumns:
    from caseload.gui.pages.schemas_assign import AssignColumns

    _asked(page)
    page.context.jobs.wait_idle()
    step = page.findChild(AssignColumns)
    assert step is not None  # noqa: S101 - it was opened just now
    return step


def _roles(page: SchemasPage) -> None:
    step = _step(page)
    step.grid.go(1, 2)
    step.open_roles(2)


def _told(page: SchemasPage) -> None:
    step = _step(page)
    for column, role in enumerate(("table", "field", "type")):
        step.presenter.give(column, role)
    step.try_now()


def _gone(page: SchemasPage) -> None:
    page.assign_columns("ward register, issue 4.csv", Side.SOURCE)
