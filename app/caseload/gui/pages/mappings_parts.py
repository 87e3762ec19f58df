"""The painted parts of the mapping inspector: the way of a value, its history, a reason."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from caseload.gui import icons, paint
from caseload.gui.components.button import Button, IconButton
from caseload.gui.components.card import Surface
from caseload.gui.components.classmark import CLASS_ICONS, CLASS_WORDS
from caseload.gui.components.fields import TextField
from caseload.gui.components.label import ElidedLabel, Label
from caseload.gui.components.menu import Menu
from caseload.gui.components.states import Icon
from caseload.gui.pages.mappings_words import (
    FlowBox,
    history_icon,
    history_line,
    history_words,
)
from caseload.gui.theme import current
from caseload.gui.words import tip
from caseload.model.contract import MappingClass
from caseload.model.views import HistoryLine

_HIGH = 46
_ARROW = 20
_TARGET_LEAST = 0.26


class FlowStrip(QWidget):
    """Source → Rule → Target as three boxes; the rule never gives way."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._boxes: tuple[FlowBox, ...] = ()
        self.setFixedHeight(_HIGH)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_boxes(self, boxes: Sequence[FlowBox]) -> None:
        """Show another way."""
        self._boxes = tuple(boxes)
        said = " to ".join(f"{box.caption}: {box.words}" for box in boxes)
        self.setAccessibleName(said)
        self.setToolTip(tip("\n".join(f"{box.caption}: {box.words}" for box in boxes)))
        self.update()

    def _widths(self, room: float) -> list[float]:
        font, caption = current().font("body", 500), current().font("caption")
        wanted = [
            max(
                paint.width_of(box.words, font) + (20 if box.mapping_class else 0),
                paint.width_of(box.caption, caption),
            )
            + 20
            for box in self._boxes
        ]
        spare = room - sum(wanted)
        if spare >= 0:
            return [width + spare / len(wanted) for width in wanted]
        source, rule, target = wanted
        target = max(room * _TARGET_LEAST, min(target, room - rule - source))
        return [room - rule - target, rule, target]

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint boxes and arrows."""
        if not self._boxes:
            return
        painter = QPainter(self)
        theme = current()
        left = 0.0
        for index, (box, width) in enumerate(
            zip(self._boxes, self._widths(self.width() - 2 * _ARROW), strict=True)
        ):
            area = QRectF(round(left), 0, round(width), _HIGH)
            edge = theme.colour("border_mid")
            paint.box(painter, area, theme.radius("medium"), theme.colour("surface"), edge)
            inner = area.adjusted(10, 5, -8, 0)
            caption = QRectF(inner.left(), inner.top(), inner.width(), 16)
            quiet = theme.colour("text_3")
            paint.text(painter, caption, box.caption, theme.font("caption"), quiet)
            words = QRectF(inner.left(), inner.top() + 17, inner.width(), 18)
            if box.mapping_class is not None:
                tint = theme.colour(f"mapping_class.{box.mapping_class.value}")
                icons.paint(
                    painter, CLASS_ICONS[box.mapping_class], words.left(), words.top() + 2, 14, tint
                )
                words.setLeft(words.left() + 20)
            font, strong = theme.font("body", 500), theme.colour("text_1")
            paint.text(painter, words, box.words, font, strong, mode=paint.MIDDLE)
            left += width
            if index < len(self._boxes) - 1:
                icons.paint(
                    painter, "arrow-right", left + (_ARROW - 14) / 2, (_HIGH - 14) / 2, 14, "text_2"
                )
                left += _ARROW


class HistoryList(QWidget):
    """What was done to a mapping, newest first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._lines: tuple[HistoryLine, ...] = ()
        self.setAccessibleName("History")

    def set_lines(self, lines: Sequence[HistoryLine]) -> None:
        """Show other lines."""
        if tuple(lines) == self._lines:
            return
        self._lines = tuple(lines)
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for line in self._lines:
            self._column.addWidget(_history_row(line))

    def sizeHint(self) -> QSize:
        """As high as its lines."""
        return self._column.sizeHint()


def _history_row(line: HistoryLine) -> QWidget:
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(9)
    sign, tone = history_icon(line)
    layout.addWidget(Icon(sign, 16, tone), 0, Qt.AlignmentFlag.AlignTop)
    column = QVBoxLayout()
    column.setSpacing(1)
    column.addWidget(ElidedLabel(history_line(line), mode=paint.END))
    column.addWidget(Label(history_words(line), "caption", "text_3"))
    layout.addLayout(column, 1)
    row.setAccessibleName(f"{history_line(line)}. {history_words(line)}")
    return row


class ReasonBar(Surface):
    """Asks for the reason of a decision that needs one, over the foot of the grid.

    `given` carries it; Enter gives, Esc leaves.
    """

    given = Signal(str)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("surface", edges="t", parent=parent)
        self.setProperty("foot", 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 7, 16, 7)
        row.setSpacing(8)
        self._ask = Label("", weight=500)
        self.field = TextField("A sentence that a reviewer understands", name="Reason", small=True)
        self.button = Button("", "primary", small=True)
        cancel = Button("Cancel", small=True)
        row.addWidget(self._ask)
        row.addWidget(self.field, 1)
        row.addWidget(self.button)
        row.addWidget(cancel)
        self.field.textChanged.connect(self._look)
        self.field.returnPressed.connect(self._give)
        self.button.clicked.connect(self._give)
        cancel.clicked.connect(self.close_bar)
        self.hide()

    def ask(self, question: str, button: str) -> None:
        """Ask."""
        self._ask.setText(question)
        self.button.set_words(button)
        self.field.clear()
        self._look()
        self.show()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def close_bar(self) -> None:
        """Leave it."""
        self.hide()
        self.left.emit()

    def _look(self) -> None:
        self.button.setEnabled(bool(self.field.text().strip()))

    def _give(self) -> None:
        why = self.field.text().strip()
        if why:
            self.hide()
            self.given.emit(why)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        else:
            super().keyPressEvent(event)


class ClassMenu(Menu):
    """The six classes; `picked` gives one."""

    picked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        for kind in MappingClass:
            self.addAction(CLASS_WORDS[kind]).setData(kind.value)
        self.aboutToShow.connect(self._tint)
        self.triggered.connect(self._pick)

    def _pick(self, action: QAction) -> None:
        self.picked.emit(MappingClass(action.data()))

    def _tint(self) -> None:
        for action in self.actions():
            kind = MappingClass(action.data())
            colour = current().colour(f"mapping_class.{kind.value}")
            action.setIcon(icons.icon(CLASS_ICONS[kind], 16, colour))


class UndoRedo(QWidget):
    """The two buttons of the page's head; their tips say what they would do."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.undo = IconButton("undo-2", "Undo")
        self.redo = IconButton("redo-2", "Redo")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.undo)
        row.addWidget(self.redo)
        self.say("", "")

    def say(self, undo: str, redo: str) -> None:
        """Take the labels of what can be taken back and done again; "" for nothing."""
        for button, verb, label, keys in (
            (self.undo, "Undo", undo, "Ctrl+Z"),
            (self.redo, "Redo", redo, "Ctrl+Shift+Z"),
        ):
            said = f"{verb}: {label}" if label else f"Nothing to {verb.lower()}"
            button.setEnabled(bool(label))
            button.setAccessibleName(said)
            button.setToolTip(tip(f"{said} ({keys})" if label else said))
