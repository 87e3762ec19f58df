"""Editing in the cells of the field table: the focus on a cell, its editor, what is wrong there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtCore import Signal as QtSignal
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPolygonF,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QLineEdit,
    QPlainTextEdit,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from caseload.gui import icons, paint
from caseload.gui.components.gridpaint import GridDelegate
from caseload.gui.components.label import Label
from caseload.gui.components.scroll import thin
from caseload.gui.pages.schemas_words import change_lines, check_line, who_words
from caseload.gui.theme import current
from caseload.gui.words import tip
from caseload.model.views import FieldRow

if TYPE_CHECKING:
    from caseload.gui.pages.schemas_fields import FieldGrid

_CORNER = 7
_TALL = 92
_LEAST = 220

_TRAITS = {
    "data_type": ("data_type", "length"),
    "binding": ("foreign_table", "foreign_field", "code_type", "format", "allowed_values"),
    "foreign_table": ("foreign_table", "foreign_field"),
}


def _is_corrected(row: FieldRow, key: str) -> bool:
    if key == "binding":
        return any(name in row.changed for name in _TRAITS[key])
    return any(name in row.changed for name in _TRAITS.get(key, (key,)))


class FieldDelegate(GridDelegate):
    """Cells with a corner where a person corrected, words on their way, and the cell in focus."""

    def __init__(self, grid: FieldGrid) -> None:
        super().__init__(grid)
        self._fields = grid

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint one cell and what lies over it."""
        super().paint(painter, option, index)
        grid = self._fields
        row = grid.fields.row_at(index.row())
        if row is None:
            return
        rect: QRect = option.rect
        column = grid.grid_model.columns[index.column()]
        typed = grid.pending.get((row.spec.qualified, column.key))
        if typed is not None:
            self._paint_typed(painter, rect, typed)
        elif row.corrected_by and row.read is None:
            if column.key == "field_name":
                _corner(painter, rect, "info")
        elif row.changed and _is_corrected(row, column.key):
            aside = row.standing not in ("holds", "no longer needed")
            _corner(painter, rect, "warn" if aside else "info")
        if index == grid.currentIndex() and grid.hasFocus() and grid.trait_at(index):
            ring = QRectF(rect).adjusted(1, 1, -1, -2)
            edge = current().colour("focus_ring")
            paint.box(painter, ring, current().radius("small"), None, edge, 2)

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        """Why a field is doubted, and what a corrected cell was read as; else as every grid."""
        row, kind = self._fields.fields.row_at(index.row()), self._fields.kind_at(index)
        if event.type() == QEvent.Type.ToolTip and row is not None and kind is not None:
            said = reason_words(row, kind.column.key)
            if said:
                QToolTip.showText(event.globalPos(), tip(said), view)
                return True
        return super().helpEvent(event, view, option, index)

    def _paint_typed(self, painter: QPainter, rect: QRect, words: str) -> None:
        """What was typed, until it is kept."""
        theme = current()
        painter.fillRect(rect.adjusted(0, 0, 0, -1), theme.colour("diff.changed_soft"))
        pad = theme.metric("pad_x")
        area = QRectF(rect).adjusted(pad, 0, -6, -1)
        paint.text(painter, area, words, theme.font("body"), theme.colour("text_1"))
        _corner(painter, rect, "warn")


def reason_words(row: FieldRow, key: str) -> str:
    """What the tool tip of a cell says: failed checks, or what was read and who corrected it."""
    if key == "confidence":
        failed = [line.words for line in map(check_line, row.spec.checks) if not line.passed]
        return "\n".join(failed) or "Every check passed"
    if row.changed and _is_corrected(row, key):
        lines = [f"{title}: read as {before or 'empty'}" for title, before, _ in change_lines(row)]
        return "\n".join(
            [*lines, who_words(row.corrected_by, row.corrected_at, row.correction_reason)]
        )
    return ""


def _corner(painter: QPainter, rect: QRect, kind: str) -> None:
    """A small corner at the upper right: this cell is not as it was read."""
    right, top = rect.right() + 1.0, float(rect.top())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(current().kind(kind).solid)
    shape = QPolygonF()
    for x, y in ((right - _CORNER, top), (right, top), (right, top + _CORNER)):
        shape.append(QRectF(x, y, 0, 0).topLeft())
    painter.drawPolygon(shape)
    painter.restore()


class CellEditor(QFrame):
    """A line, or a few, over a cell.

    `done` gives what was typed and where to go: "down", "right", "left" or "stay"; `left` says
    that it was cancelled.
    """

    done = QtSignal(str, str)
    left = QtSignal()

    def __init__(self, text: str, *, tall: bool, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._tall = tall
        self._invalid = False
        self._closing = False
        field: QLineEdit | QPlainTextEdit
        if tall:
            field = QPlainTextEdit(text, self)
            thin(field, ground="surface")
            field.setFrameShape(QFrame.Shape.NoFrame)
            field.selectAll()
        else:
            field = QLineEdit(text, self)
            field.setFrame(False)
            field.selectAll()
        palette = field.palette()
        palette.setColor(QPalette.ColorRole.Base, current().colour("surface"))
        field.setPalette(palette)
        field.setFont(current().font("body"))
        field.setAccessibleName(name)
        field.installEventFilter(self)
        self.field = field
        self.setFocusProxy(field)

    @property
    def text(self) -> str:
        """What is typed."""
        field = self.field
        return field.toPlainText() if isinstance(field, QPlainTextEdit) else field.text()

    def stand(self, cell: QRect, room: QRect) -> None:
        """Stand over a cell, growing to the right where there is room."""
        width = min(max(cell.width() + 2, _LEAST), room.right() - cell.left())
        width = max(width, cell.width() + 2)
        height = _TALL if self._tall else cell.height() + 1
        top = min(cell.top() - 1, max(0, room.bottom() - height))
        left = min(cell.left() - 1, max(0, room.right() - width))
        self.setGeometry(left, top, width, height)
        pad = 6 if self._tall else 7
        self.field.setGeometry(pad, 2, width - pad - 3, height - 4)

    def set_invalid(self, *, on: bool) -> None:
        """Show that this cannot be kept."""
        self._invalid = on
        self.update()

    def close_editor(self) -> None:
        """Go away without a word."""
        self._closing = True
        self.hide()
        self.deleteLater()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ground and edge."""
        theme = current()
        edge = theme.kind("error").solid if self._invalid else theme.colour("focus_ring")
        painter = QPainter(self)
        fill = theme.colour("surface")
        paint.box(painter, self.rect(), theme.radius("small"), fill, edge, 2)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Enter and Tab keep and go on, Esc leaves; so does the focus elsewhere."""
        if self._closing:
            return False
        if isinstance(event, QFocusEvent) and event.type() == QEvent.Type.FocusOut:
            passing = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)
            if event.reason() not in passing:
                self.done.emit(self.text, "stay")
            return False
        if not isinstance(event, QKeyEvent):
            return False
        if event.type() == QEvent.Type.ShortcutOverride and event.key() in _OWN:
            event.accept()
            return True
        if event.type() != QEvent.Type.KeyPress:
            return False
        return self._pressed(event)

    def _pressed(self, event: QKeyEvent) -> bool:
        key = event.key()
        newline = self._tall and bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not newline:
            self.done.emit(self.text, "down")
        elif key == Qt.Key.Key_Tab:
            self.done.emit(self.text, "right")
        elif key == Qt.Key.Key_Backtab:
            self.done.emit(self.text, "left")
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            return False
        return True


_OWN = (
    Qt.Key.Key_Return,
    Qt.Key.Key_Enter,
    Qt.Key.Key_Tab,
    Qt.Key.Key_Backtab,
    Qt.Key.Key_Escape,
)


class CellReason(QFrame):
    """Why what is typed cannot be kept, right under the cell."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._label = Label("", "caption", "error", wrap=True)
        self._label.setParent(self)
        self.hide()

    def say(self, words: str, cell: QRect, room: QRect) -> None:
        """Say it under a cell, or over it at the foot of the table."""
        self._label.setText(words)
        self.setAccessibleName(words)
        inner = min(340, max(160, room.width() - 40))
        high = max(18, self._label.heightForWidth(inner - 44))
        self._label.setGeometry(32, 6, inner - 44, high)
        below = cell.bottom() + 3
        top = below if below + high + 12 < room.bottom() else cell.top() - high - 16
        left = max(0, min(cell.left(), room.right() - inner))
        self.setGeometry(left, top, inner, high + 12)
        self.show()
        self.raise_()

    @property
    def words(self) -> str:
        """What it says; "" while it is hidden."""
        return "" if self.isHidden() else self._label.text()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the soft box with its sign."""
        painter = QPainter(self)
        theme = current()
        kind = theme.kind("error")
        paint.box(painter, self.rect(), theme.radius("medium"), kind.soft, kind.border)
        icons.paint(painter, "circle-x", 9, 8, 14, kind.text)
