"""Two versions of a side's specs beside each other: changes, renames to settle, and the impact."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from caseload.gui import words
from caseload.gui.components.button import Button
from caseload.gui.components.card import Rule
from caseload.gui.components.fields import Select
from caseload.gui.components.grid import GridView
from caseload.gui.components.gridmodel import RowsModel
from caseload.gui.components.label import Label
from caseload.gui.components.segmented import Segmented
from caseload.gui.components.states import EmptyState, ErrorState, Icon, Skeleton
from caseload.gui.pages.base import Context, Shortcut, Toolbar
from caseload.gui.pages.schemas_versions_columns import (
    CHANGE_COLUMNS,
    IMPACT_COLUMNS,
    rename_columns,
)
from caseload.gui.pages.schemas_versions_details import VersionDetails
from caseload.gui.pages.schemas_versions_parts import CountChips, VersionList
from caseload.gui.pages.schemas_versions_presenter import (
    CHANGES,
    IMPACT,
    OUTCOME_PILLS,
    RENAMES,
    SUREST,
    Found,
    VersionsPresenter,
    kind_pill,
    mapping_filters,
)
from caseload.gui.words import tip
from caseload.gui.work import explain, told
from caseload.model.catalog import Side
from caseload.model.schema_diff import Impact, Rename, RenameState, SchemaChange
from caseload.model.views import ChangeSet

_LIST, _DETAILS = 264, 340
_SIDES = (("target", "Target"), ("source", "Source"))
_TABS = ((CHANGES, "Changes"), (RENAMES, "Renames"), (IMPACT, "Impact"))


class VersionsView(QWidget):
    """The versions of one side.

    `field_wanted` gives side, table and field to go to; `side_wanted` the side to show instead,
    `take_in_wanted` when the person wants to take in the next release.
    """

    field_wanted = Signal(str, str, str)
    side_wanted = Signal(str)
    take_in_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.presenter = VersionsPresenter(context.session)
        self.setAccessibleName("Versions of the specs")
        self.state = "loading"
        self._state: QWidget | None = None
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._build_bar())
        self._stack = QStackedLayout()
        self._stack.setContentsMargins(0, 0, 0, 0)
        outer.addLayout(self._stack, 1)
        self._skeleton = Skeleton("grid")
        self._stack.addWidget(self._skeleton)
        self._content = self._build()
        self._stack.addWidget(self._content)
        for keys, slot in (("Y", self.confirm), ("N", self.refuse)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)

    # Building

    def _build(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        row = QHBoxLayout()
        row.setSpacing(0)
        self.list = VersionList()
        self.list.setFixedWidth(_LIST)
        self.list.chosen.connect(self._version_chosen)
        self.details = VersionDetails(self.presenter)
        self.details.setFixedWidth(_DETAILS)
        self.details.first.connect(self._first_pressed)
        self.details.second.connect(self.refuse)
        self.details.followed.connect(self._show_field)
        for widget, stretch in (
            (self.list, 0),
            (Rule(upright=True), 0),
            (self._build_middle(), 1),
            (self.details, 0),
        ):
            row.addWidget(widget, stretch)
        column.addLayout(row, 1)
        return page

    def _build_bar(self) -> QWidget:
        bar = Toolbar()
        self.sides = Segmented(_SIDES, name="System", small=True)
        self.sides.chosen.connect(self.side_wanted)
        self.older, self.newer = Select((), name="Older version"), Select((), name="Newer version")
        for select in (self.older, self.newer):
            select.setMaximumWidth(320)
            select.chosen.connect(self._pair_chosen)
        self.export_button = Button("Export to Excel", icon="file-spreadsheet")
        self.export_button.clicked.connect(self._choose_file)
        self._compared = QWidget()
        row = QHBoxLayout(self._compared)
        row.setContentsMargins(8, 0, 0, 0)
        row.setSpacing(8)
        for widget in (Label("Compare", tone="text_2"), self.older, Icon("arrow-right", 16),
                       self.newer):  # fmt: skip
            row.addWidget(widget)
        bar.add(self.sides)
        bar.add(self._compared)
        bar.gap()
        bar.add(self.export_button)
        return bar

    def _build_middle(self) -> QWidget:
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = Toolbar()
        self.tabs = Segmented(_TABS, name="Show", small=True)
        self.tabs.chosen.connect(self.show_tab)
        self.hint = Label("", "caption", "text_2")
        self.all_button = Button("Confirm the surest", icon="list-checks", small=True)
        self.all_button.clicked.connect(self.confirm_surest)
        head.add(self.tabs)
        head.gap()
        head.add(self.hint)
        head.add(self.all_button)
        column.addWidget(head)
        self.chips = CountChips("Filter")
        self.chips.changed.connect(self._filtered)
        column.addWidget(self.chips)
        column.addWidget(Rule())
        self.models: dict[str, RowsModel[Any]] = {
            CHANGES: RowsModel(CHANGE_COLUMNS),
            RENAMES: RowsModel(rename_columns(self.presenter)),
            IMPACT: RowsModel(IMPACT_COLUMNS),
        }
        self.grids: dict[str, GridView] = {}
        self._grids = QStackedLayout()
        for key, title in _TABS:
            grid = GridView(self.models[key], name=title, frozen=0)
            grid.row_chosen.connect(self.details.show_row)
            grid.row_opened.connect(self._opened)
            self.grids[key] = grid
            self._grids.addWidget(grid)
        column.addLayout(self._grids, 1)
        return middle

    # Reading

    def show_side(self, side: str | Side) -> None:
        """Show a side's versions, the two newest compared."""
        self.presenter.choose_side(Side(side))
        self.sides.set_choice(self.presenter.side.value)
        self.refresh()

    def refresh(self, _changes: ChangeSet | None = None) -> None:
        """Ask again for what is shown."""
        if self.presenter.comparison is None:
            self._skeleton.start()
            self._show(self._skeleton, "loading")
        self.context.jobs.query(
            self.presenter.loader(), self.take, self._failed, key="schemas.versions"
        )

    def take(self, found: Found) -> None:
        """Show what was found."""
        self.presenter.take(found)
        if found.comparison is None:
            self._show(self._empty(found), "empty")
            return
        self._show(self._content, "full")
        self._show_versions(found)
        self._show_tabs()
        self.show_tab(self.presenter.tab)

    def _show_versions(self, found: Found) -> None:
        comparison = found.comparison
        if comparison is None:
            return
        old, new = comparison.old.id, comparison.new.id
        self.list.set_versions(found.versions, old, new)
        choices = [(str(v.id), v.label) for v in found.versions]
        for select, chosen in ((self.older, old), (self.newer, new)):
            select.set_choices(choices)
            select.set_choice(str(chosen))
            select.setToolTip(tip(select.words()))

    def _show_tabs(self) -> None:
        presenter = self.presenter
        touched = [i for i in presenter.found.impacts if i.outcome.value != "keep"]
        counts = {
            CHANGES: len(presenter.comparison.changes) if presenter.comparison else 0,
            RENAMES: presenter.open_renames(),
            IMPACT: len(touched),
        }
        for key, title in _TABS:
            self.tabs.set_words(key, f"{title} {words.number(counts[key])}")

    def show_tab(self, key: str) -> None:
        """Show changes, renames or impact."""
        presenter = self.presenter
        presenter.tab = key
        self.tabs.set_choice(key)
        self._grids.setCurrentWidget(self.grids[key])
        if key == CHANGES:
            counts = presenter.comparison.counts() if presenter.comparison else {}
            self.chips.set_counts(
                [(k, kind_pill(k), n) for k, n in counts.items()], presenter.kinds
            )
        elif key == IMPACT:
            self.chips.set_counts(
                [(o, OUTCOME_PILLS[o], n) for o, n in presenter.outcome_counts().items()],
                presenter.outcomes,
            )
        else:
            self.chips.set_counts((), ())
        self._show_rows()

    def _show_rows(self) -> None:
        presenter = self.presenter
        key = presenter.tab
        rows: Sequence[Any] = presenter.rows()
        grid = self.grids[key]
        before = max(0, grid.current_row)
        self.models[key].set_rows(rows)
        self.hint.setText(presenter.hint(len(rows)))
        surest = presenter.surest() if key == RENAMES and presenter.writable else ()
        self.all_button.setVisible(len(surest) > 1)
        self.all_button.set_words(f"Confirm the {words.number(len(surest))} surest")
        self.all_button.setToolTip(tip(f"Those of {SUREST:.2f} and more, in one step"))
        if not rows:
            self.details.show_nothing(presenter.nothing())
            return
        at = min(before, len(rows) - 1)
        grid.choose(at)
        self.details.show_row(rows[at])

    def _failed(self, error: BaseException) -> None:
        what, why, details = explain(error)
        state = ErrorState(what, why, details=details, retry=self.refresh, flush=True)
        self._show(state, "error")

    def _empty(self, found: Found) -> QWidget:
        title, said = self.presenter.empty_words(found)
        on_button = self.take_in_wanted.emit if self.presenter.writable else None
        return EmptyState(
            title,
            said,
            icon="git-compare-arrows",
            button="Take in the next release" if self.presenter.writable else "",
            button_icon="file-plus-2",
            on_button=on_button,
        )

    def _show(self, widget: QWidget, name: str) -> None:
        before, self._state = self._state, None
        if widget is not self._skeleton:
            self._skeleton.stop()
        if widget not in (self._skeleton, self._content):
            self._stack.addWidget(widget)
            self._state = widget
        self._stack.setCurrentWidget(widget)
        for part in (self._compared, self.export_button):
            part.setVisible(widget is self._content)
        if before is not None and before is not widget:
            self._stack.removeWidget(before)
            before.deleteLater()
        self.state = name

    # Choosing

    def _version_chosen(self, version: Any) -> None:
        self.presenter.choose_version(version)
        self.refresh()

    def _pair_chosen(self, _key: str) -> None:
        self.presenter.choose(int(self.older.choice), int(self.newer.choice))
        self.refresh()

    def _filtered(self, keys: tuple[Any, ...]) -> None:
        if self.presenter.tab == CHANGES:
            self.presenter.kinds = keys
        else:
            self.presenter.outcomes = keys
        self._show_rows()

    # Deciding

    def _rename(self) -> Rename | None:
        shown = self.details.row
        if isinstance(shown, SchemaChange):
            shown = self.presenter.rename_of(shown)
        return shown if isinstance(shown, Rename) else None

    def confirm(self) -> None:
        """Confirm the rename on show; its decisions go along."""
        self._settle(self.presenter.confirm)

    def refuse(self) -> None:
        """Keep the two names on show apart."""
        self._settle(self.presenter.refuse)

    def _settle(self, command: Callable[[Rename], Callable[[], ChangeSet]]) -> None:
        rename = self._rename()
        if rename is None or rename.state is not RenameState.PROPOSED:
            return
        if self.presenter.writable:
            self.context.jobs.command(command(rename), self._settled, self._not_settled)

    def confirm_surest(self) -> None:
        """Confirm all renames that hardly leave a doubt, in one command."""
        renames = self.presenter.surest()
        if renames and self.presenter.writable:
            work = self.presenter.confirm_all(renames)
            self.context.jobs.command(work, self._settled, self._not_settled)

    def _settled(self, changes: ChangeSet) -> None:
        self.context.shell.changed(changes)
        self.refresh()

    def _not_settled(self, error: BaseException) -> None:
        self.context.shell.toast(told(error), "error")

    # Going elsewhere

    def _first_pressed(self) -> None:
        if isinstance(self.details.row, Impact):
            self._open_mapping(self.details.row)
        else:
            self.confirm()

    def _opened(self, row: object) -> None:
        if isinstance(row, Impact):
            self._open_mapping(row)
        else:
            self._show_field()

    def _open_mapping(self, impact: Impact) -> None:
        filters = mapping_filters(impact)
        if filters is not None:
            self.context.shell.open_page("mappings", filters)

    def _show_field(self) -> None:
        place = self.details.place
        if place is not None:
            self.field_wanted.emit(self.presenter.side.value, place.table, place.field)

    def _choose_file(self) -> None:
        start = self.context.session.folder / "schema_comparison.xlsx"
        dialog = QFileDialog(self, "Export the comparison", str(start), "Excel (*.xlsx)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.export_to)
        dialog.open()

    def export_to(self, path: str) -> None:
        """Write the comparison to an .xlsx."""
        comparison = self.presenter.comparison
        if comparison is not None:
            work = self.presenter.export(comparison, path)
            self.context.jobs.command(work, self.context.shell.changed, self._not_settled)

    def shortcuts(self) -> Sequence[Shortcut]:
        """The keys that settle a rename; they work while the view has the focus."""
        return (
            Shortcut("Y", "Confirm the rename", self.confirm),
            Shortcut("N", "Keep the two names apart", self.refuse),
        )
