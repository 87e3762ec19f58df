"""The assignment step: a person says which column of a document holds what."""

from __future__ import annotations

from pathlib import PurePath

from PySide6.QtCore import QRect, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from caseload.gui import paint
from caseload.gui.components.button import Button, IconButton
from caseload.gui.components.card import Rule, Surface
from caseload.gui.components.label import ElidedLabel, Label
from caseload.gui.components.notice import InlineBar
from caseload.gui.components.states import EmptyState, ErrorState, Skeleton
from caseload.gui.pages.base import Context
from caseload.gui.pages.schemas_assign_grid import AssignGrid
from caseload.gui.pages.schemas_assign_menu import RoleMenu
from caseload.gui.pages.schemas_assign_places import PlaceList
from caseload.gui.pages.schemas_assign_presenter import AssignPresenter
from caseload.gui.pages.schemas_assign_result import ResultPanel
from caseload.gui.pages.schemas_assign_source import SourceBar
from caseload.gui.pages.schemas_assign_work import Seen
from caseload.gui.words import tip
from caseload.gui.work import explain, told
from caseload.model.catalog import Side
from caseload.model.document_preview import DocumentGrid, Trial
from caseload.model.errors import BadInput, Cancelled
from caseload.model.progress import CancelToken
from caseload.model.reader_profile import NO_HEADER
from caseload.model.views import ChangeSet

_PLACES = 216
_RESULT = 336
_DEBOUNCE_MS = 250


class AssignColumns(QWidget):
    """A document's grids, each column with its role, and the live result.

    `done` says that a reader profile was saved and the documents want to be read again, `left`
    that the person went back.
    """

    done = Signal()
    left = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.presenter = AssignPresenter(context.session)
        self.state = "loading"
        self._document = ""
        self._side = Side.SOURCE
        self._trial: Trial | None = None
        self._cancel = CancelToken()
        self._saving = False
        self.setAccessibleName("Assign columns")
        self._timer = QTimer(self, singleShot=True, interval=_DEBOUNCE_MS)
        self._timer.timeout.connect(self._try)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._make_head())
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        outer.addWidget(holder, 1)
        self._skeleton = Skeleton("grid")
        self._stack.addWidget(self._skeleton)
        self._content = self._make_content()
        self._stack.addWidget(self._content)
        self._passing: QWidget | None = None

    # Making

    def _make_head(self) -> QWidget:
        head = Surface("canvas", edges="b")
        head.setFixedHeight(52)
        row = QHBoxLayout(head)
        row.setContentsMargins(10, 0, 16, 0)
        row.setSpacing(10)
        self.back = IconButton("arrow-left", "Back, nothing is kept", small=False)
        self.back.clicked.connect(self._leave)
        row.addWidget(self.back)
        row.addWidget(Label("Assign columns", "title", weight=600))
        self.sub = ElidedLabel("", tone="text_3", mode=paint.MIDDLE)
        row.addWidget(self.sub, 1)
        self.save = Button("Save and read again", "primary", icon="book-open-text")
        self.save.clicked.connect(self._save)
        row.addWidget(self.save)
        return head

    def _make_content(self) -> QWidget:
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self.places = PlaceList(self.presenter)
        self.places.setFixedWidth(_PLACES)
        self._places_rule = Rule(upright=True)
        row.addWidget(self.places)
        row.addWidget(self._places_rule)
        middle = QVBoxLayout()
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(0)
        bar = QVBoxLayout()
        bar.setContentsMargins(16, 12, 16, 12)
        self.prompt = InlineBar()
        self.forget = self.prompt.add_button("Forget it", kind="quiet")
        self.forget.clicked.connect(self._forget)
        bar.addWidget(self.prompt)
        middle.addLayout(bar)
        self.source = SourceBar(self.presenter)
        middle.addWidget(self.source)
        self.grid = AssignGrid(self.presenter)
        middle.addWidget(self.grid, 1)
        row.addLayout(middle, 1)
        row.addWidget(Rule(upright=True))
        self.result = ResultPanel()
        self.result.setFixedWidth(_RESULT)
        row.addWidget(self.result)
        self._connect()
        return page

    def _connect(self) -> None:
        self.places.chosen.connect(self._choose_grid)
        self.source.changed.connect(self._changed)
        self.source.no_header_wanted.connect(self._take_header)
        self.grid.column_chosen.connect(self._show_column)
        self.grid.roles_wanted.connect(self.open_roles)
        self.grid.role_given.connect(self.give)
        self.grid.refused.connect(self.refuse)
        self.grid.header_chosen.connect(self._header_pressed)
        self.result.column.taken.connect(self._take_guess)
        self.result.column.refused.connect(self._refuse_here)
        self.result.column.roles_wanted.connect(self._roles_here)

    # Opening

    def open_document(self, document: str, side: Side) -> None:
        """Show a document, named as in the project or by its path, for its columns to be said."""
        self._document, self._side = document, side
        self._trial = None
        self._drop_trial()
        self.sub.setText(f"{PurePath(document).name}, {side.value} document")
        self._show("loading", self._skeleton)
        self._skeleton.start()
        self._offer_saving()
        self.context.jobs.start(
            f"Looking at {PurePath(document).name}",
            self.presenter.looker(document),
            self._take,
            self._failed,
        )

    def _take(self, seen: Seen | BadInput) -> None:
        if isinstance(seen, BadInput):
            self._failed(seen)
            return
        self.presenter.take(self._document, *seen)
        if self.presenter.empty:
            empty = EmptyState(
                "There are no columns in this document",
                "Nothing in it stands in rows and columns, so no column can be given a role. "
                "Check that it is the data dictionary or the migration guide.",
                icon="file-text",
            )
            self._show("empty", empty)
            self._offer_saving()
            return
        self.sub.setText(self.presenter.sub(self._side.value))
        several = len(self.presenter.grids) > 1
        self.places.setVisible(several)
        self._places_rule.setVisible(several)
        self.places.renew()
        self.grid.renew()
        self._show("full", self._content)
        self._show_grid()

    def _failed(self, error: BaseException) -> None:
        what, why, details = explain(error)
        state = ErrorState(what, why, details=details, retry=self._retry, flush=True)
        state.setContentsMargins(0, 12, 0, 0)
        self._show("error", state)
        self._offer_saving()

    def _retry(self) -> None:
        self.open_document(self._document, self._side)

    def _show(self, state: str, widget: QWidget) -> None:
        before, self._passing = self._passing, None
        if widget is not self._skeleton:
            self._skeleton.stop()
        if widget not in (self._skeleton, self._content):
            self._stack.addWidget(widget)
            self._passing = widget
        self._stack.setCurrentWidget(widget)
        if before is not None:
            self._stack.removeWidget(before)
            before.deleteLater()
        self.state = state

    # What was said

    def _choose_grid(self, index: int) -> None:
        self.presenter.choose_grid(index)
        self._show_grid()

    def _show_grid(self) -> None:
        self.grid.renew()
        self.source.renew()
        header = self.presenter.header_row
        numbers = [row.number for row in self.presenter.grid.rows]
        at = numbers.index(header) if header in numbers else 0
        self.grid.go(at, self._first_column())
        self.grid.setFocus(Qt.FocusReason.OtherFocusReason)
        self.try_now()

    def _first_column(self) -> int:
        """The first column that nothing is known of, where the work begins."""
        columns = range(self.presenter.grid.columns)
        return next((c for c in columns if self.presenter.tag(c) is None), 0)

    def _show_column(self, column: int) -> None:
        self.result.column.show_column(self.presenter, column)

    def open_roles(self, column: int) -> None:
        """Offer the roles of a column."""
        tag = self.presenter.tag(column)
        menu = RoleMenu(
            column,
            self.presenter.column_name(column),
            self,
            role=tag.role if tag else "",
            start=self.presenter.likeliest_role(column),
        )
        menu.chosen.connect(self._picked)
        menu.closed.connect(self.grid.setFocus)
        place = self.grid.place_of(column)
        menu.open_beside(QRect(self.grid.mapTo(self, place.topLeft()), place.size()))

    def _picked(self, column: int, role: str) -> None:
        if role:
            self.give(column, role)
        else:
            self.refuse(column)

    def give(self, column: int, role: str) -> None:
        """Give a column a role."""
        self.presenter.give(column, role)
        self.source.renew()
        self._changed()

    def refuse(self, column: int) -> None:
        """Say that nothing is read from a column."""
        self.presenter.refuse(column)
        self._changed()

    def _take_guess(self) -> None:
        self.presenter.take_guess(self.grid.column)
        self._changed()

    def _refuse_here(self) -> None:
        self.refuse(self.grid.column)

    def _roles_here(self) -> None:
        self.open_roles(self.grid.column)

    def _header_pressed(self, row: int) -> None:
        number = self.presenter.grid.rows[row].number
        self._take_header(NO_HEADER if number == self.presenter.header_row else number)

    def _take_header(self, number: int) -> None:
        """Let another row head the columns, or none."""
        row = None if number == NO_HEADER else number
        self.context.jobs.query(
            self.presenter.header_taker(row), self._headed, self._not_tried, key="assign.header"
        )

    def _headed(self, grid: DocumentGrid) -> None:
        self.presenter.take_grid(grid)
        self.source.renew()
        self._changed()

    def _changed(self) -> None:
        """Show what was said, and try it when nothing more is said for a moment."""
        self._say()
        if self.presenter.ready:
            self._timer.start()

    def try_now(self) -> None:
        """Show what was said, and try it at once."""
        self._say()
        self._try()

    def _say(self) -> None:
        kind, lead, said = self.presenter.prompt()
        self.prompt.say(lead, said, kind)
        self.forget.setVisible(self.presenter.profile is not None)
        self.forget.setEnabled(self.presenter.writable)
        self.grid.repaint_all()
        if self.grid.column >= 0:
            self._show_column(self.grid.column)
        self._drop_trial()
        if not self.presenter.ready:
            self._trial = None
            self.result.show_waiting(
                "Once the tables and the fields have their names, the whole document is tried."
            )
        else:
            self._trial = None
            self.result.show_counting()
        self._offer_saving()

    # Trying

    def _drop_trial(self) -> None:
        self._timer.stop()
        self._cancel.cancel()
        self._cancel = CancelToken()

    def _try(self) -> None:
        if not self.presenter.ready:
            return
        work = self.presenter.trier(self._cancel)
        self.context.jobs.query(work, self._tried, self._not_tried, key="assign.trial")

    def _tried(self, answer: tuple[CancelToken, Trial]) -> None:
        cancel, trial = answer
        if cancel is self._cancel:
            self._show_trial(trial)

    def _show_trial(self, trial: Trial) -> None:
        self._trial = trial
        self.presenter.found = trial.table_names
        self.source.renew()
        self.result.show_trial(self.presenter, trial)
        self._offer_saving()

    def _not_tried(self, error: BaseException) -> None:
        if not isinstance(error, Cancelled):
            self._show_trial(Trial(refused=told(error)))

    # Saving and leaving

    def _offer_saving(self) -> None:
        if self.state != "full":
            reason = "There is nothing to save yet."
        elif self._saving:
            reason = "It is being saved."
        else:
            reason = self.presenter.blocked(self._trial, counting=self._trial is None)
        self.save.setEnabled(not reason)
        self.save.setToolTip(
            tip(reason or "Keeps the columns for this and later versions (Ctrl+S)")
        )
        self.save.setAccessibleDescription(reason)

    def _save(self) -> None:
        if not self.save.isEnabled():
            return
        self._saving = True
        self._offer_saving()
        self.context.jobs.command(self.presenter.save(), self._saved, self._not_saved)

    def _forget(self) -> None:
        self.context.jobs.command(self.presenter.forgetter(), self._forgotten, self._not_saved)

    def _forgotten(self, changes: ChangeSet) -> None:
        self.context.shell.changed(changes)
        self.open_document(self._document, self._side)

    def _saved(self, changes: ChangeSet) -> None:
        self._saving = False
        self._offer_saving()
        self.context.shell.changed(changes)
        self.done.emit()

    def _not_saved(self, error: BaseException) -> None:
        self._saving = False
        self._offer_saving()
        self.context.shell.toast(told(error), "error")

    def _leave(self) -> None:
        self._drop_trial()
        self.left.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop trying what nobody looks at."""
        self._drop_trial()
        super().hideEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc goes back; Ctrl+S saves."""
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
        elif control and event.key() == Qt.Key.Key_S:
            self._save()
        else:
            super().keyPressEvent(event)
