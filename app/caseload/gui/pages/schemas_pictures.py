"""The states of the Schemas page that are drawn for a look, and how each is brought about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from caseload.gui.pages.schemas_assign_pictures import states as assign_states
from caseload.gui.pages.schemas_filter import Filter
from caseload.gui.pages.schemas_versions_pictures import STATES, show_example
from caseload.model.catalog import Provenance, ReadProblem, Side
from caseload.model.schema_views import ProblemRow

if TYPE_CHECKING:
    from caseload.gui.pages.schemas import SchemasPage


def states(page: SchemasPage) -> Sequence[tuple[str, Callable[[], Any]]]:
    """Names and what brings each about; nothing in the project is changed."""
    return (
        ("full", partial(_fields, page, Side.TARGET)),
        ("source", partial(_fields, page, Side.SOURCE)),
        ("doubtful", partial(_doubtful, page)),
        ("filtered", partial(_filtered, page)),
        ("editing", partial(_editing, page)),
        ("invalid", partial(_invalid, page)),
        ("selected", partial(_selected, page)),
        ("correcting", partial(_correcting, page)),
        ("problem", partial(_problem, page)),
        ("versions-empty", partial(_versions, page)),
        *((f"versions-{tab}", partial(_compared, page, tab)) for tab in STATES),
        ("intake", partial(_intake, page)),
        ("assign", partial(_assign, page)),
        *((f"assign-{name}", partial(show, page)) for name, show in assign_states().items()),
        ("read-only", partial(_read_only, page)),
    )


def _fields(page: SchemasPage, side: Side) -> None:
    _ = page.content
    page.inspector.set_writable(on=page.presenter.writable)
    page.inspector.stop_correcting()
    for editing in page.view.editings.values():
        editing.cancel()
    page.show_view("fields")
    page.presenter.clear()
    page.presenter.least_certain(on=True)
    page.presenter.choose_side(side)
    page._inspecting = True
    page.view.why.hide()
    page.view.grid.clear_ticks()
    page.refresh(None)
    page.context.jobs.wait_idle()


def _doubtful(page: SchemasPage) -> None:
    _fields(page, Side.TARGET)
    page.view.only_doubtful()


def _filtered(page: SchemasPage) -> None:
    _fields(page, Side.TARGET)
    wanted = Filter(bands=("fair",), mandatory=True, cells={"data_type": "varchar"})
    page.view.narrow(wanted)


def _editing(page: SchemasPage) -> None:
    _fields(page, Side.TARGET)
    page.view.go(2)
    page.edit_cell()


def _invalid(page: SchemasPage) -> None:
    _editing(page)
    grid, editing = page.view.grid, page.view.editing
    place = [kind.column.key for kind in grid.kinds].index("data_type") + 1
    grid.go_to(grid.current_row, place)
    editing.open(grid.currentIndex())
    if editing.editor is not None:
        editing.editor.field.setProperty("text", "VARCHAR2(ten)")
        editing.editor.done.emit("VARCHAR2(ten)", "down")


def _selected(page: SchemasPage) -> None:
    _fields(page, Side.TARGET)
    page.view.grid.set_ticked(0, 6, on=True)


def _correcting(page: SchemasPage) -> None:
    _fields(page, Side.TARGET)
    page.act("correct")


def _problem(page: SchemasPage) -> None:
    """The problems as they are; where there are none, what one would look like."""
    _fields(page, Side.TARGET)
    presenter = page.presenter
    if not presenter.problems():
        rows = (page.view.grid.fields.row_at(i) for i in range(3))
        made = [_example(row.spec.table_name, row.spec.provenance, i) for i, row in
                enumerate(filter(None, rows))]  # fmt: skip
        problems = {**presenter.reading.problems, presenter.side: tuple(made)}
        presenter.reading = replace(presenter.reading, problems=problems)
    page.show_view("problems")


def _example(table: str, place: Provenance, number: int) -> ProblemRow:
    said = (
        f"A row among the fields of {table} is none: \u201cNUMBER 10 see the note below\u201d",
        f"A row of {table} has no field name",
        f"{table} is listed a second time; the first is kept",
    )[number]
    kind = ("Rows that are no field", "Rows that are no field", "Names that come twice")[number]
    return ProblemRow(f"example{number}", kind, ReadProblem(said, place), table)


def _versions(page: SchemasPage) -> None:
    _fields(page, Side.TARGET)
    page.show_view("versions")


def _compared(page: SchemasPage, tab: str) -> None:
    _fields(page, Side.TARGET)
    page.show_view("versions")
    show_example(page.versions_view(), Side.TARGET, tab)


def _intake(page: SchemasPage) -> None:
    _fields(page, Side.TARGET)
    folder = page.context.session.folder
    found = [str(folder / d.stored_path) for d in page.presenter.reading.documents]
    page.take_in(found)


def _assign(page: SchemasPage) -> None:
    _fields(page, Side.SOURCE)
    document = next(d for d in page.presenter.reading.documents if d.side is Side.SOURCE)
    page.assign_columns(document.name, document.side)


def _read_only(page: SchemasPage) -> None:
    """As the page is where somebody else has the project open."""
    _fields(page, Side.TARGET)
    page.inspector.set_writable(on=False)
    page.read_button.setEnabled(False)
