"""The roles a column can have, each with what it means and the key that gives it."""

from __future__ import annotations

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QStandardItem,
    QStandardItemModel,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from caseload.gui import icons, paint
from caseload.gui.components.scroll import thin
from caseload.gui.pages.schemas_assign_words import BY_KEY, GROUPS, RoleWords
from caseload.gui.theme import current

_ROLE = int(Qt.ItemDataRole.UserRole)
_FIRST = _ROLE + 1
_WIDE = 512
_ROW = 27
_GAP = 9
_NAME = 132
NOTHING = RoleWords("", "Not read", "Nothing is read from the column", "Del")
_Index = QModelIndex | QPersistentModelIndex


class RoleMenu(QFrame):
    """A list of roles that opens under a column, within the page; `chosen` gives column and role.

    The role is "" for a column that is not to be read.  It leaves when the focus does; `closed`
    says that it had the focus until then.
    """

    chosen = Signal(int, str)
    closed = Signal()

    def __init__(
        self, column: int, title: str, page: QWidget, *, role: str = "", start: str = ""
    ) -> None:
        super().__init__(page)
        self._page = page
        self._column = column
        self.list = _List(self)
        self.list.setAccessibleName(f"Role of column {title}")
        column_box = QVBoxLayout(self)
        column_box.setContentsMargins(5, 5, 5, 5)
        column_box.addWidget(self.list)
        model = QStandardItemModel(self)
        for group in (*GROUPS, (NOTHING,)):
            for place, words in enumerate(group):
                model.appendRow(_item(words, first=place == 0 and model.rowCount() > 0))
        self.list.setModel(model)
        self.list.setItemDelegate(_Rows(self.list, role))
        rows = model.rowCount()
        self._high = rows * _ROW + len(GROUPS) * _GAP + 12
        at = next((i for i in range(rows) if model.item(i).data(_ROLE) == start), 0)
        self.list.setCurrentIndex(model.index(at, 0))
        self.list.picked.connect(self._pick)
        self.list.left.connect(self.leave)

    def open_beside(self, column: QRect) -> None:
        """Open beside a column, given in the page's pixels, and wholly on the page."""
        high = min(self._high, self._page.height() - 16)
        wide = min(_WIDE, self._page.width() - 16)
        x = column.right() + 2
        if x + wide > self._page.width() - 8:
            x = max(8, column.left() - wide - 2)
        x = min(x, self._page.width() - wide - 8)
        y = max(8, min(column.top(), self._page.height() - high - 8))
        self.setGeometry(x, y, wide, high)
        self.show()
        self.raise_()
        self.list.setFocus(Qt.FocusReason.PopupFocusReason)
        self._app().installEventFilter(self)

    def _app(self) -> QCoreApplication:
        app = QCoreApplication.instance()
        assert app is not None  # noqa: S101 - there are widgets
        return app

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leave when the window's size changes, and when something else is pressed."""
        pressed = event.type() == QEvent.Type.MouseButtonPress and watched.isWidgetType()
        inside = watched is self or (isinstance(watched, QWidget) and self.isAncestorOf(watched))
        if (pressed and not inside) or (
            event.type() == QEvent.Type.Resize and watched is self._page
        ):
            self.leave()
        return super().eventFilter(watched, event)

    def leave(self) -> None:
        """Close without a choice."""
        if self.isVisible():
            self._app().removeEventFilter(self)
            focused = self.list.hasFocus()
            self.hide()
            self.deleteLater()
            if focused:
                self.closed.emit()

    def _pick(self, role: str) -> None:
        self.leave()
        self.chosen.emit(self._column, role)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the raised box."""
        painter = QPainter(self)
        theme = current()
        paint.box(
            painter,
            self.rect(),
            theme.radius("large"),
            theme.colour("raised"),
            theme.colour("border_mid"),
        )


def _item(words: RoleWords, *, first: bool) -> QStandardItem:
    item = QStandardItem(words.name)
    item.setData(words.role, _ROLE)
    item.setData(first, _FIRST)
    item.setData(words, _FIRST + 1)
    item.setEditable(False)
    spoken = f"{words.name}: {words.holds}" + (f", key {words.key}" if words.key else "")
    item.setData(spoken, int(Qt.ItemDataRole.AccessibleTextRole))
    return item


class _List(QListView):
    """The list; Enter, a click or a role's key picks, Esc leaves."""

    picked = Signal(str)
    left = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        thin(self)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        self.entered.connect(self.setCurrentIndex)
        self.clicked.connect(self._clicked)

    def _clicked(self, index: QModelIndex) -> None:
        self.picked.emit(str(index.data(_ROLE)))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows on the menu's own ground."""
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), current().colour("raised"))
        painter.end()
        super().paintEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Leave with the focus."""
        super().focusOutEvent(event)
        if event.reason() is not Qt.FocusReason.ActiveWindowFocusReason:
            self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pick by Enter or a role's key."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._clicked(self.currentIndex())
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.picked.emit("")
        elif event.text().upper() in BY_KEY:
            self.picked.emit(BY_KEY[event.text().upper()])
        else:
            super().keyPressEvent(event)


class _Rows(QStyledItemDelegate):
    """Paints a role: its name, what such a column holds, its key."""

    def __init__(self, view: QListView, role: str) -> None:
        super().__init__(view)
        self._view = view
        self._role = role

    def sizeHint(self, _option: QStyleOptionViewItem, index: _Index) -> QSize:
        """One row; the first of a group stands apart."""
        return QSize(_WIDE - 24, _ROW + (_GAP if index.data(_FIRST) else 0))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint one row."""
        theme = current()
        area = QRectF(option.rect)
        if index.data(_FIRST):
            paint.hline(
                painter, area.left(), area.right(), area.top() + _GAP // 2, theme.colour("border")
            )
            area.setTop(area.top() + _GAP)
        words: RoleWords = index.data(_FIRST + 1)
        if index == self._view.currentIndex():
            paint.box(painter, area, theme.radius("medium"), theme.colour("selection"))
        if words.role and words.role == self._role:
            icons.paint(
                painter,
                "check",
                area.left() + 7,
                area.center().y() - 7,
                14,
                theme.kind("accent").text,
            )
        name = QRectF(area.left() + 28, area.top(), _NAME, area.height())
        paint.text(painter, name, words.name, theme.font("body", 500), theme.colour("text_1"))
        holds = QRectF(name.right(), area.top(), area.right() - name.right() - 38, area.height())
        paint.text(
            painter,
            holds,
            words.holds,
            theme.font("caption"),
            theme.colour("text_3"),
            mode=paint.END,
        )
        if words.key:
            key = QRectF(area.right() - 38, area.top(), 30, area.height())
            paint.text(
                painter,
                key,
                words.key,
                theme.font("caption", 500),
                theme.colour("text_3"),
                paint.RIGHT,
            )
