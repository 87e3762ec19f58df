"""The inspector: a panel on the right for the selected thing, whose width is remembered."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from caseload.gui.components.card import Surface
from caseload.gui.theme import current

_OVER_BELOW = 1280


class _Grip(QWidget):
    """The edge that is dragged."""

    dragged = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.setFixedWidth(5)
        self._from = 0.0

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold."""
        self._from = event.globalPosition().x()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag."""
        step = round(self._from - event.globalPosition().x())
        if step:
            self._from = event.globalPosition().x()
            self.dragged.emit(step)


class Inspector(Surface):
    """The panel; holds one widget at a time, which the page keeps or lets go."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("surface", edges="l", parent=parent)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(1, 0, 0, 0)
        self._widget: QWidget | None = None
        self.grip = _Grip(self)
        self.setAccessibleName("Inspector")

    @property
    def widget(self) -> QWidget | None:
        """What is shown."""
        return self._widget

    def set_widget(self, widget: QWidget | None) -> None:
        """Show something else; what was shown before is hidden, not deleted."""
        if widget is self._widget:
            return
        if self._widget is not None:
            self._box.removeWidget(self._widget)
            self._widget.hide()
        self._widget = widget
        if widget is not None:
            self._box.addWidget(widget)
            widget.show()
        self.grip.raise_()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the grip at the edge."""
        super().resizeEvent(event)
        self.grip.setFixedHeight(self.height())


class Stage(QWidget):
    """The page with the inspector beside it, or over it where there is no room."""

    width_changed = Signal(int)

    def __init__(self, pages: QWidget, inspector: Inspector, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pages = pages
        self._inspector = inspector
        pages.setParent(self)
        inspector.setParent(self)
        inspector.hide()
        sizes = current().size("inspector")
        self._least, self._most = int(sizes["min"]), int(sizes["max"])
        self.inspector_width = int(sizes["default"])
        inspector.grip.dragged.connect(self._drag)

    def set_inspector_width(self, width: int) -> None:
        """Take a remembered width."""
        self.inspector_width = min(self._most, max(self._least, width))
        self.arrange()

    def show_inspector(self, widget: QWidget | None) -> None:
        """Show a widget in the inspector, or close it."""
        self._inspector.set_widget(widget)
        self._inspector.setVisible(widget is not None)
        self.arrange()

    def _drag(self, step: int) -> None:
        self.set_inspector_width(self.inspector_width + step)
        self.width_changed.emit(self.inspector_width)

    def arrange(self) -> None:
        """Place page and inspector."""
        wide, high = self.width(), self.height()
        shown = not self._inspector.isHidden()
        beside = shown and self.window().width() >= _OVER_BELOW
        panel = min(self.inspector_width, max(self._least, wide - 80))
        self._pages.setGeometry(0, 0, wide - panel if beside else wide, high)
        if shown:
            self._inspector.setGeometry(wide - panel, 0, panel, high)
            self._inspector.raise_()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Follow the window."""
        super().resizeEvent(event)
        self.arrange()
