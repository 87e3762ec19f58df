"""Small bars of the Schemas page: why one corrects, the filter of a column, the tree's head."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from caseload.gui import paint, words
from caseload.gui.components.button import IconButton
from caseload.gui.components.card import Surface
from caseload.gui.components.fields import SearchField, TextField
from caseload.gui.components.label import ElidedLabel, Label
from caseload.gui.components.menu import Menu
from caseload.gui.pages.schemas_presenter import SchemasPresenter
from caseload.gui.pages.schemas_words import TREE_ORDERS
from caseload.gui.theme import current
from caseload.gui.words import tip

_HIGH = 40


class WhyBar(Surface):
    """Asked once in a session: the reason that is kept with each correction.

    `changed` gives the reason when it was typed.
    """

    changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("surface", edges="t", parent=parent)
        self.setProperty("foot", 2)
        self.setFixedHeight(_HIGH)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 8, 0)
        row.setSpacing(10)
        row.addWidget(Label("Why", tone="text_2"))
        self.field = TextField(
            "In a few words; kept with each correction", name="Reason for corrections", small=True
        )
        self.field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.field.setMaximumWidth(420)
        row.addWidget(self.field, 3)
        row.addStretch(1)
        self._said = Label("", "caption", "text_3")
        row.addWidget(self._said)
        close = IconButton("x", "Hide the reason")
        close.clicked.connect(self.hide)
        row.addWidget(close)
        self.field.editingFinished.connect(lambda: self.changed.emit(self.field.text().strip()))
        self._count = 0
        self.hide()

    @property
    def why(self) -> str:
        """The reason as it stands."""
        return self.field.text().strip()

    def begin(self, actor: str) -> None:
        """A session of corrections begins, or goes on."""
        if self.isHidden():
            self.show()
        self._say(actor)

    def counted(self, more: int, actor: str) -> None:
        """So many fields more were corrected."""
        self._count += more
        self._say(actor)

    def _say(self, actor: str) -> None:
        done = f"{words.plural(self._count, 'correction')} " if self._count else ""
        self._said.setText(f"{done}as {actor}".capitalize() if not done else f"{done}as {actor}")


class ColumnFilter(QFrame):
    """A field under a column's title that narrows by that column while one types.

    `typed` gives column and words.
    """

    typed = Signal(str, str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self._key = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        self.field = SearchField("", name="Filter of a column")
        self.field.setFixedWidth(220)
        column.addWidget(self.field)
        column.addWidget(Label("=VARCHAR2 exactly that, = empty, != any", "caption", "text_3"))
        self.field.searched.connect(lambda text: self.typed.emit(self._key, text))
        self.field.installEventFilter(self)
        self.hide()

    def open(self, key: str, title: str, text: str, place: QPoint) -> None:
        """Stand at a place of the parent."""
        self._key = key
        self.field.setPlaceholderText(f"{title} has …")
        self.field.setText(text)
        self.adjustSize()
        room = self._over.rect()
        self.move(min(place.x(), room.right() - self.width() - 8), place.y())
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)
        self.field.selectAll()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Enter and Esc close it; so does a press elsewhere."""
        if event.type() == QEvent.Type.FocusOut:
            self.hide()
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                self.hide()
                self._over.setFocus()
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.typed.emit(self._key, self.field.text())
                self.hide()
                return True
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the raised box."""
        theme = current()
        edge = theme.colour("border_mid")
        painter = QPainter(self)
        paint.box(painter, self.rect(), theme.radius("large"), theme.colour("raised"), edge)


class TreeHead(QWidget):
    """Over the tree: how many tables, in which order, and a way to add one."""

    order_chosen = Signal(str)
    add_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(32)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 6, 0)
        row.setSpacing(2)
        self._count = ElidedLabel("", "caption", "text_2")
        row.addWidget(self._count, 1)
        self.sort = IconButton("chevrons-up-down", "Order of the tables")
        self.add = IconButton("plus", "Add a table or a field that was missed")
        row.addWidget(self.sort)
        row.addWidget(self.add)
        self.sort.clicked.connect(self._open)
        self.add.clicked.connect(self.add_wanted)
        self._order = "document"
        self._domains: bool | None = None

    def say(self, presenter: SchemasPresenter, tables: int) -> None:
        """Say what is listed."""
        self._order = presenter.tree_order
        self._domains = presenter.by_domain if presenter.has_domains else None
        every = len(presenter.reading.tables.get(presenter.side, ()))
        said = words.plural(every, "table")
        if tables != every:
            said = f"{words.number(tables)} of {said}"
        self._count.setText(said)
        self._count.updateGeometry()
        title = TREE_ORDERS[self._order][0]
        self.sort.setToolTip(tip(f"Order of the tables: {title[:1].lower()}{title[1:]}"))
        self.add.setVisible(presenter.writable)

    def _open(self) -> None:
        menu = Menu(parent=self)
        for key, (title, _) in TREE_ORDERS.items():
            action = menu.addAction(title)
            action.setData(key)
            action.setCheckable(True)
            action.setChecked(key == self._order)
        if self._domains is not None:
            menu.addSeparator()
            action = menu.addAction("Group by domain")
            action.setData("domain")
            action.setCheckable(True)
            action.setChecked(self._domains)
        menu.triggered.connect(self._picked)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.sort.mapToGlobal(QPoint(0, self.sort.height() + 4)))

    def _picked(self, action: QAction) -> None:
        self.order_chosen.emit(str(action.data()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ground and the line beneath."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), current().colour("surface"))
        line = current().colour("border")
        paint.hline(painter, 0, self.width(), self.height() - 1, line)
