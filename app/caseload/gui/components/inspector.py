"""What pages put into the inspector: a head, sections with rules between, a foot of its own."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLayout, QVBoxLayout, QWidget

from caseload.gui.components.button import IconButton
from caseload.gui.components.card import Rule, Surface
from caseload.gui.components.label import ElidedLabel, Label
from caseload.gui.components.pill import Pill, PillSpec
from caseload.gui.components.scroll import ScrollArea

FOOT = 50


class InspectorBody(QWidget):
    """Title, pill and close; secondary words; sections; a foot for the decision.

    `closed` when the person closes it.  Sections are added once and updated in place.
    """

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        inner = QWidget()
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(0, 8, 0, 12)
        self._column.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(16, 0, 10, 0)
        head.setSpacing(8)
        self._title = ElidedLabel("", "title")
        self._pill = Pill(PillSpec(""))
        close = IconButton("x", "Close the inspector")
        close.clicked.connect(self.closed)
        head.addWidget(self._title, 1)
        head.addWidget(self._pill)
        head.addWidget(close)
        self._column.addLayout(head)
        self._sub = ElidedLabel("", "caption", "text_3")
        self._sub.setContentsMargins(0, 0, 0, 0)
        self._sub_row = QHBoxLayout()
        self._sub_row.setContentsMargins(16, 0, 16, 10)
        self._sub_row.setSpacing(8)
        self._sub_row.addWidget(self._sub)
        self._column.addLayout(self._sub_row)
        self._end = self._column.count()
        self._column.addStretch(1)
        self._area = ScrollArea(inner, fill="surface")
        outer.addWidget(self._area, 1)
        self.foot = Surface("surface", edges="t")
        self.foot.setFixedHeight(FOOT)
        self._foot_row = QHBoxLayout(self.foot)
        self._foot_row.setContentsMargins(16, 1, 16, 0)
        self._foot_row.setSpacing(8)
        self._foot_row.addStretch(1)
        self._foot_lefts = 0
        self.foot.hide()
        outer.addWidget(self.foot)

    def set_title(self, title: str, sub: str = "", pill: PillSpec | None = None) -> None:
        """Say what is inspected."""
        self._title.setText(title)
        self._sub.setText(sub)
        self._pill.setVisible(pill is not None)
        if pill is not None:
            self._pill.set_spec(pill)
        self.setAccessibleName(f"Inspector of {title}")
        self._area.verticalScrollBar().setValue(0)

    def add_beside_sub(self, widget: QWidget) -> None:
        """Put a link after the secondary words."""
        self._sub_row.addWidget(widget)
        self._sub_row.addStretch(1)

    def add_section(
        self, content: QWidget | QLayout, title: str = "", sub: str = "", *, ruled: bool = True
    ) -> QWidget:
        """Add a section under a rule; answers its box, to hide or show it."""
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        if ruled:
            column.addWidget(Rule())
        inner = QVBoxLayout()
        inner.setContentsMargins(16, 10 if ruled else 0, 16, 12)
        inner.setSpacing(8)
        if title:
            head = QHBoxLayout()
            head.setSpacing(8)
            head.addWidget(Label(title, weight=600))
            words = Label(sub, "caption", "text_3")
            words.setObjectName("sub")
            head.addWidget(words, 1)
            inner.addLayout(head)
        if isinstance(content, QLayout):
            inner.addLayout(content)
        else:
            inner.addWidget(content)
        column.addLayout(inner)
        self._column.insertWidget(self._end, box)
        self._end += 1
        return box

    def add_to_foot(self, widget: QWidget, *, right: bool = False) -> None:
        """Put a button into the foot, after those at the left or at the right."""
        place = self._foot_row.count() if right else self._foot_lefts
        self._foot_lefts += 0 if right else 1
        self._foot_row.insertWidget(place, widget, 0, Qt.AlignmentFlag.AlignVCenter)
        self.foot.show()


class Facts(QWidget):
    """Names at the left, values at the right of them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(5)

    def set_facts(
        self, facts: list[tuple[str, str]], *, mono: frozenset[str] = frozenset()
    ) -> None:
        """Show other facts; those named in `mono` in the mono font."""
        while self._column.count():
            item = self._column.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        for name, value in facts:
            line = QWidget()
            row = QHBoxLayout(line)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(12)
            label = Label(name, tone="text_3")
            label.setFixedWidth(92)
            row.addWidget(label, 0, Qt.AlignmentFlag.AlignTop)
            style = "code" if name in mono else "body"
            row.addWidget(Label(value or "–", style, wrap=True, selectable=True), 1)
            self._column.addWidget(line)
