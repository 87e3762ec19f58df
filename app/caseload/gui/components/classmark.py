"""The mark of a mapping class: an icon of its own shape in its own colour, and its word."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from caseload.gui import icons, paint
from caseload.gui.theme import current
from caseload.model.contract import MappingClass

CLASS_ICONS: dict[MappingClass, str] = {
    MappingClass.DIRECT_SOURCE: "arrow-right",
    MappingClass.LOOKUP_TRANSLATION: "arrow-left-right",
    MappingClass.DERIVED: "function-square",
    MappingClass.SURROGATE_ETL: "key-round",
    MappingClass.REFERENCE_MASTER_FEED: "database",
    MappingClass.OUT_OF_SCOPE: "ban",
}

CLASS_WORDS: dict[MappingClass, str] = {
    MappingClass.DIRECT_SOURCE: "Direct",
    MappingClass.LOOKUP_TRANSLATION: "Lookup",
    MappingClass.DERIVED: "Derived",
    MappingClass.SURROGATE_ETL: "Surrogate",
    MappingClass.REFERENCE_MASTER_FEED: "Master feed",
    MappingClass.OUT_OF_SCOPE: "Out of scope",
}


def paint_class_mark(painter: QPainter, area: QRectF, mapping_class: MappingClass) -> None:
    """Paint icon and word at the left of `area`."""
    theme = current()
    colour = theme.colour(f"mapping_class.{mapping_class.value}")
    middle = area.center().y()
    icons.paint(painter, CLASS_ICONS[mapping_class], area.left(), middle - 7, 14, colour)
    words = area.adjusted(20, 0, 0, 0)
    paint.text(
        painter, words, CLASS_WORDS[mapping_class], theme.font("body"), theme.colour("text_1")
    )


class ClassMark(QWidget):
    """A class mark as a widget."""

    def __init__(self, mapping_class: MappingClass, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._class = mapping_class
        self.setAccessibleName(CLASS_WORDS[mapping_class])
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_class(self, mapping_class: MappingClass) -> None:
        """Show another class."""
        self._class = mapping_class
        self.setAccessibleName(CLASS_WORDS[mapping_class])
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as its word."""
        words = paint.width_of(CLASS_WORDS[self._class], current().font("body"))
        return QSize(round(words) + 22, current().line("body"))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the mark."""
        paint_class_mark(QPainter(self), QRectF(self.rect()), self._class)
