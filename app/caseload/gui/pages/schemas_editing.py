"""Putting fields right in the grid: a cell, a block from a spreadsheet, one value for many.

Checks what is typed at once and hands the changes on; the page keeps them through the services.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication

from caseload.gui.pages.schemas_cells import CellEditor, CellReason
from caseload.gui.pages.schemas_fields import FieldGrid
from caseload.model.errors import BadInput
from caseload.model.views import FieldRow

Edit = tuple[str, str, Mapping[str, Any]]
_FLAGS = ("mandatory", "key", "unique", "upper")
_TALL = ("description", "condition")


class FieldEditing(QObject):
    """Edits the cells of one grid.

    `wanted` gives the edits of one command, each (table, field, changes); `refused` says in words
    why nothing was taken; `began` when the first cell of a session is opened.
    """

    wanted = Signal(list)
    refused = Signal(str)
    began = Signal()

    def __init__(self, grid: FieldGrid) -> None:
        super().__init__(grid)
        self._grid = grid
        self._editor: CellEditor | None = None
        self._at = QPersistentModelIndex()
        self._trait = ""
        self.reason = CellReason(grid)
        grid.edit_wanted.connect(self.open)
        grid.paste_wanted.connect(self.paste)
        grid.fill_wanted.connect(self.fill_down)
        grid.verticalScrollBar().valueChanged.connect(self._stand)
        grid.horizontalScrollBar().valueChanged.connect(self._stand)
        grid.fields.modelReset.connect(self.cancel)
        grid.viewport().installEventFilter(self)

    @property
    def editor(self) -> CellEditor | None:
        """The editor that is open."""
        return self._editor

    def open(self, index: QModelIndex) -> None:
        """Begin with a cell; a flag is turned over at once."""
        self.cancel()
        row = self._grid.fields.row_at(index.row())
        trait = self._grid.trait_at(index)
        kind = self._grid.kind_at(index)
        if row is None or not trait or kind is None:
            return
        self.began.emit()
        if trait in _FLAGS:
            self._tell(row, kind.column.key, {trait: not getattr(row.spec, trait)}, "")
            return
        if self._grid.horizontalScrollBar().value() and index.column() < 4:
            self._grid.horizontalScrollBar().setValue(0)
        from caseload.services.correction_values import TITLES, text_of

        text = self._grid.pending.get((row.spec.qualified, kind.column.key))
        editor = CellEditor(
            text_of(row.spec, trait) if text is None else text,
            tall=trait in _TALL,
            name=f"{TITLES[trait]} of {row.spec.field_name}",
            parent=self._grid.viewport(),
        )
        editor.done.connect(self._done)
        editor.left.connect(self._left)
        self._editor, self._at, self._trait = editor, QPersistentModelIndex(index), trait
        self._stand()
        editor.show()
        editor.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def cancel(self) -> None:
        """Close the editor; what was typed is lost."""
        self.reason.hide()
        editor, self._editor = self._editor, None
        if editor is not None:
            editor.close_editor()

    def refuse(self, qualified: str, why: str) -> None:
        """Say under a field why its correction was not taken."""
        row = self._grid.fields.here(qualified)
        column = self._at.column() if self._at.isValid() else self._grid.currentIndex().column()
        self.forget_pending()
        if row >= 0:
            self._grid.go_to(row, max(1, column))
            self._say(why, self._grid.currentIndex())

    def forget_pending(self) -> None:
        """What was on its way is kept, or refused."""
        self._grid.pending.clear()
        self._grid.viewport().update()

    def _stand(self) -> None:
        self.reason.hide()
        if self._editor is not None and self._at.isValid():
            cell = self._grid.visualRect(self._index())
            self._editor.stand(cell, self._grid.viewport().rect())

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Keep the editor on its cell when the table changes its size."""
        if event.type() == QEvent.Type.Resize:
            self._stand()
        return False

    def _index(self) -> QModelIndex:
        return self._grid.fields.index(self._at.row(), self._at.column())

    def _left(self) -> None:
        self.cancel()
        self._grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def _done(self, text: str, then: str) -> None:
        """Keep what was typed, or say under the cell why that cannot be."""
        if self._editor is None:
            return
        index = self._index() if self._at.isValid() else QModelIndex()
        row = self._grid.fields.row_at(index.row()) if index.isValid() else None
        kind = self._grid.kind_at(index) if index.isValid() else None
        if row is None or kind is None:
            self.cancel()
            return
        try:
            changes = self._changes(row, self._trait, text)
        except BadInput as error:
            if then == "stay":
                self.cancel()
                self.refused.emit(_words(error))
                return
            self._editor.set_invalid(on=True)
            self._say(_words(error), index)
            return
        self.cancel()
        if then != "stay":
            self._grid.setFocus(Qt.FocusReason.OtherFocusReason)
        if changes:
            self._tell(row, kind.column.key, changes, text)
        self._go_on(index, then)

    def _go_on(self, index: QModelIndex, then: str) -> None:
        grid = self._grid
        if then == "down":
            grid.go_to(min(index.row() + 1, grid.fields.rowCount() - 1), index.column())
        elif then in ("right", "left"):
            following = grid.editable_cell(index, 1 if then == "right" else -1)
            if following is None:
                return
            grid.go_to(following.row(), following.column())
            if grid.trait_at(following) not in _FLAGS:
                self.open(following)

    def _changes(self, row: FieldRow, trait: str, text: str) -> dict[str, Any]:
        """What typing a text means, without what is so already.

        Raises:
            BadInput: the text is no such value.
        """
        from caseload.services.correction_values import changes_for, text_of

        if text.strip() == text_of(row.spec, trait).strip():
            return {}
        return {
            name: value
            for name, value in changes_for(trait, text).items()
            if (tuple(value) if isinstance(value, list) else value) != getattr(row.spec, name)
        }

    def _tell(self, row: FieldRow, key: str, changes: Mapping[str, Any], text: str) -> None:
        if text:
            self._grid.set_pending(row.spec.qualified, key, " ".join(text.split()))
        self.wanted.emit([(row.spec.table_name, row.spec.field_name, dict(changes))])

    def _say(self, words: str, index: QModelIndex) -> None:
        cell = self._grid.visualRect(index)
        top = self._grid.viewport().pos()
        self.reason.say(words, cell.translated(top), self._grid.rect())

    # Blocks

    def paste(self) -> None:
        """Lay a block from a spreadsheet over the cells from the one in focus on."""
        lines = QGuiApplication.clipboard().text().rstrip("\r\n").split("\n")
        start = self._grid.currentIndex()
        if not self._grid.editable or start.row() < 0 or not any(lines):
            return
        columns = [
            c
            for c in range(max(1, start.column()), len(self._grid.fields.columns))
            if not self._grid.isColumnHidden(c)
        ]
        edits: dict[str, tuple[FieldRow, dict[str, Any]]] = {}
        for down, line in enumerate(lines):
            row = self._grid.fields.row_at(start.row() + down)
            if row is None:
                break
            for column, text in zip(columns, line.rstrip("\r").split("\t"), strict=False):
                if not self._take(row, column, start.row() + down, text, edits):
                    return
        self._tell_all(edits)

    def fill_down(self) -> None:
        """Give all ticked fields the value of the cell in focus."""
        index = self._grid.currentIndex()
        row, kind = self._grid.fields.row_at(index.row()), self._grid.kind_at(index)
        ticks = self._grid.fields.ticks
        if row is None or kind is None or ticks is None or not self._grid.trait_at(index):
            return
        from caseload.services.correction_values import text_of

        text = text_of(row.spec, self._grid.trait_at(index))
        edits: dict[str, tuple[FieldRow, dict[str, Any]]] = {}
        for place in range(self._grid.fields.rowCount()):
            other = self._grid.fields.row_at(place)
            if other is None or not ticks.has(other.spec.qualified):
                continue
            if not self._take(other, index.column(), place, text, edits):
                return
        self._tell_all(edits)

    def _take(
        self,
        row: FieldRow,
        column: int,
        place: int,
        text: str,
        edits: dict[str, tuple[FieldRow, dict[str, Any]]],
    ) -> bool:
        """Add what one cell of a block means; False and a reason where it means nothing."""
        trait = self._grid.trait_at(self._grid.fields.index(place, column))
        if not trait:
            return True
        try:
            changes = self._changes(row, trait, text)
        except BadInput as error:
            self.forget_pending()
            self._grid.go_to(place, column)
            self._say(f"Nothing was taken. {_words(error)}", self._grid.currentIndex())
            return False
        if changes:
            edits.setdefault(row.spec.qualified, (row, {}))[1].update(changes)
            key = self._grid.kinds[column - 1].column.key
            self._grid.set_pending(row.spec.qualified, key, " ".join(text.split()))
        return True

    def _tell_all(self, edits: Mapping[str, tuple[FieldRow, Mapping[str, Any]]]) -> None:
        made: Sequence[Edit] = [
            (row.spec.table_name, row.spec.field_name, changes) for row, changes in edits.values()
        ]
        if made:
            self.began.emit()
            self.wanted.emit(list(made))


def _words(error: BadInput) -> str:
    return f"{error.what}. {error.remedy}".strip() if error.remedy else error.what
