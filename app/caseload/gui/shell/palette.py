"""The command palette: every page, table, field, action and document by a few letters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QKeyCombination, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from caseload.gui import fuzzy, icons, paint
from caseload.gui.components.scroll import ScrollArea
from caseload.gui.shell.overlay import Overlay
from caseload.gui.theme import current

_ROW, _HEAD, _PAD = 34, 30, 6
_MOST = {"Pages": 12, "Tables": 6, "Mappings": 8, "Source fields": 8, "Actions": 8}
_CTRL_K = QKeyCombination(Qt.KeyboardModifier.ControlModifier, Qt.Key.Key_K)
_PREFIXES = {
    ">": frozenset({"Actions"}),
    "#": frozenset({"Mappings", "Source fields"}),
    "@": frozenset({"Tables"}),
}
_UNNAMED = -1.0
"""The score of what was found by something else than its name."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something the palette offers, in the group `kind`; `run` does it."""

    kind: str
    icon: str
    title: str
    run: Callable[[], None]
    detail: str = ""
    where: str = ""
    keys: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """An entry with its score and the spans of its title that matched."""

    entry: Entry
    score: float
    spans: tuple[fuzzy.Span, ...]


def rank(
    entries: Sequence[Entry], wanted: str, answers: Sequence[Entry] = ()
) -> list[tuple[str, int, list[Found]]]:
    """The matching entries by group, the group of the best first: (kind, all found, shown).

    `answers` were found for these very words by more than their names: all of them stay.
    """
    only = _PREFIXES.get(wanted[:1], frozenset())
    text = (wanted[1:] if only else wanted).strip()
    groups: dict[str, list[Found]] = {}
    for index, entry in enumerate([*entries, *answers]):
        if only and entry.kind not in only:
            continue
        found = fuzzy.match(text, entry.title)
        if found is None and index >= len(entries):
            found = (_UNNAMED, ())
        if found is not None:
            groups.setdefault(entry.kind, []).append(Found(entry, *found))
    out = []
    for kind, items in groups.items():
        if text:
            items.sort(key=_by_score)
        out.append((kind, len(items), items[: _MOST.get(kind, 6)]))
    if text:
        out.sort(key=_by_best)
    return out


def _by_score(found: Found) -> tuple[float, str]:
    return (-found.score, found.entry.title)


def _by_best(group: tuple[str, int, list[Found]]) -> float:
    return -round(group[2][0].score)


class _Results(QWidget):
    """The found entries under their groups; one is chosen."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Found | str] = []
        self.at = -1
        self.setMouseTracking(True)
        self.setAccessibleName("Results")

    def set_groups(self, groups: Sequence[tuple[str, int, list[Found]]]) -> None:
        """Show other results; the first is chosen."""
        self._rows = []
        for kind, count, items in groups:
            more = f", {len(items)} of {count}" if count > len(items) else ""
            self._rows.append(f"{kind}{more}")
            self._rows.extend(items)
        self.at = 1 if len(self._rows) > 1 else -1
        self.setFixedHeight(max(80, self._top(len(self._rows)) + _PAD))
        self._say()
        self.update()

    def _top(self, index: int) -> int:
        return _PAD + sum(_HEAD if isinstance(row, str) else _ROW for row in self._rows[:index])

    def current(self) -> Entry | None:
        """The chosen entry."""
        row = self._rows[self.at] if 0 <= self.at < len(self._rows) else None
        return row.entry if isinstance(row, Found) else None

    def move(self, step: int) -> QRectF:  # type: ignore[override]
        """Choose the next entry up or down; answers where it is."""
        index = self.at + step
        while 0 <= index < len(self._rows) and isinstance(self._rows[index], str):
            index += step
        if 0 <= index < len(self._rows):
            self.at = index
        self._say()
        self.update()
        return QRectF(0, self._top(self.at), self.width(), _ROW)

    def _say(self) -> None:
        entry = self.current()
        said = f"{entry.title} {entry.detail} {entry.where}".strip() if entry else "Nothing found"
        self.setAccessibleDescription(said)

    def _index_at(self, y: float) -> int:
        top = _PAD
        for index, row in enumerate(self._rows):
            high = _HEAD if isinstance(row, str) else _ROW
            if top <= y < top + high:
                return -1 if isinstance(row, str) else index
            top += high
        return -1

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Choose what the pointer is on."""
        index = self._index_at(event.position().y())
        if index >= 0 and index != self.at:
            self.at = index
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Do what the pointer is on."""
        if self._index_at(event.position().y()) == self.at and self.current() is not None:
            self.chosen.emit(self.current())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint groups and entries."""
        painter = QPainter(self)
        theme = current()
        if not self._rows:
            area = QRectF(0, 0, self.width(), self.height())
            quiet = theme.colour("text_3")
            paint.text(painter, area, "Nothing found", theme.font("body"), quiet, paint.CENTRE)
        top = float(_PAD)
        for index, row in enumerate(self._rows):
            if isinstance(row, str):
                area = QRectF(16, top + 4, self.width() - 32, _HEAD - 4)
                font = theme.font("caption", 500)
                paint.text(painter, area, row, font, theme.colour("text_3"))
                top += _HEAD
            else:
                area = QRectF(6, top, self.width() - 12, _ROW)
                self._paint_entry(painter, area, row, chosen=index == self.at)
                top += _ROW

    def _paint_entry(self, painter: QPainter, area: QRectF, found: Found, *, chosen: bool) -> None:
        theme = current()
        entry = found.entry
        if chosen:
            paint.box(painter, area, theme.radius(), theme.colour("accent_soft"))
        tone = theme.colour("accent_text" if chosen else "text_2")
        icons.paint(painter, entry.icon, area.left() + 10, area.center().y() - 8, 16, tone)
        right = area.right() - 10
        if entry.keys:
            right = paint.key_cap(painter, right, area.center().y(), entry.keys) - 10
        elif entry.where:
            font = theme.font("caption")
            wide = paint.width_of(entry.where, font)
            place = QRectF(right - wide - 1, area.top(), wide + 1, area.height())
            paint.text(painter, place, entry.where, font, theme.colour("text_2"), paint.RIGHT)
            right -= wide + 12
        x = area.left() + 36
        for words, hit in _pieces(entry.title, found.spans):
            font = theme.font("body", 600 if hit else 500)
            colour = theme.colour("accent_text" if hit else "text_1")
            wide = min(paint.width_of(words, font), right - x)
            if wide <= 0:
                return
            paint.text(
                painter, QRectF(x, area.top(), wide + 0.5, area.height()), words, font, colour
            )
            x += wide
        if entry.detail:
            rest = QRectF(x + 10, area.top(), right - x - 10, area.height())
            paint.text(painter, rest, entry.detail, theme.font("body"), theme.colour("text_3"))


def _pieces(words: str, spans: Sequence[fuzzy.Span]) -> list[tuple[str, bool]]:
    pieces = []
    at = 0
    for start, end in spans:
        if start > at:
            pieces.append((words[at:start], False))
        if end > max(at, start):
            pieces.append((words[max(at, start) : end], True))
        at = max(at, end)
    pieces.append((words[at:], False))
    return [piece for piece in pieces if piece[0]]


class _Line(QLineEdit):
    """The line that is typed in."""

    moved = Signal(int)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFrame(False)
        self.setFixedHeight(51)
        self.setTextMargins(46, 0, 60, 0)
        self.setFont(current().font("title", 400))
        self.setPlaceholderText("Search pages, tables, fields and actions")
        self.setAccessibleName("Search everything")
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
        self.setPalette(palette)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move in the results."""
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if event.key() in steps:
            self.moved.emit(steps[Qt.Key(event.key())])
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()
        elif event.keyCombination() == _CTRL_K:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint icon, key and the line below."""
        painter = QPainter(self)
        icons.paint(painter, "search", 17, (self.height() - 16) / 2, 16, "text_2")
        paint.key_cap(painter, self.width() - 16, self.height() / 2, "Esc")
        line = current().colour("border")
        paint.hline(painter, 0, self.width(), self.height() - 1, line)
        painter.end()
        super().paintEvent(event)


class _Foot(QWidget):
    """What the keys do."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(36)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the keys."""
        painter = QPainter(self)
        theme = current()
        fill = paint.rounded(QRectF(1, 0, self.width() - 2, self.height() - 1), (0, 0, 7, 7))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("sunken"))
        painter.drawPath(fill)
        paint.hline(painter, 0, self.width(), 0, theme.colour("border"))
        font, quiet = theme.font("caption"), theme.colour("text_2")
        middle = self.height() / 2
        x = 16.0
        for key, words in (("↑ ↓", "move"), ("Enter", "open")):
            wide = paint.width_of(key, theme.font("caption", 500)) + 12
            paint.key_cap(painter, x + wide, middle, key)
            x += wide + 7
            room = QRectF(x, 0, 90, self.height())
            paint.text(painter, room, words, font, quiet)
            x += paint.width_of(words, font) + 16
        x = self.width() - 16.0
        for key, words in (("@", "tables"), ("#", "fields"), (">", "actions")):
            wide = paint.width_of(words, font)
            paint.text(
                painter, QRectF(x - wide - 1, 0, wide + 2, self.height()), words, font, quiet
            )
            x = paint.key_cap(painter, x - wide - 7, middle, key) - 16


class Palette(Overlay):
    """`searched` asks for more entries by words; `add_found` brings them."""

    searched = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, top=97)
        wide, high = current().size("palette")
        self.panel.setFixedSize(QSize(int(wide), int(high)))
        self.setAccessibleName("Command palette")
        column = QVBoxLayout(self.panel)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        self.line = _Line()
        self._results = _Results()
        self._area = ScrollArea(self._results, fill="raised")
        column.addWidget(self.line)
        column.addWidget(self._area, 1)
        column.addWidget(_Foot())
        self._entries: list[Entry] = []
        self._more: list[Entry] = []
        self._asked = ""
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(60)
        self._soon.timeout.connect(self._search)
        self.line.textChanged.connect(self._typed)
        self.line.moved.connect(self._move)
        self.line.left.connect(self.close_overlay)
        self.line.returnPressed.connect(self._enter)
        self._results.chosen.connect(self._run)

    def open_with(self, entries: Sequence[Entry], words: str = "") -> None:
        """Open over these entries."""
        self._entries = list(entries)
        self._more = []
        self._asked = ""
        self.line.setText(words)
        self.line.selectAll()
        self._show()
        self.open()

    def take_focus(self) -> None:
        """Focus the line."""
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def add_found(self, entries: Sequence[Entry]) -> None:
        """Bring what was found for the words asked last."""
        self._more = list(entries)
        self._show()

    def _typed(self, _words: str) -> None:
        self._show()
        self._soon.start()

    def _search(self) -> None:
        words = self._words()
        if self.isVisible() and words:
            self._asked = words
            self.searched.emit(words)
        elif not words:
            self.add_found([])

    def _words(self) -> str:
        return self.line.text().lstrip("".join(_PREFIXES)).strip()

    def _show(self) -> None:
        text = self.line.text()
        if self._asked == self._words():
            groups = rank(self._entries, text, self._more)
        else:
            groups = rank([*self._entries, *self._more], text)
        self._results.set_groups(groups)

    def _move(self, step: int) -> None:
        place = self._results.move(step)
        self._area.ensureVisible(0, round(place.center().y()), 0, _ROW)

    def _enter(self) -> None:
        entry = self._results.current()
        if entry is not None:
            self._run(entry)

    def _run(self, entry: Entry) -> None:
        self.close_overlay()
        entry.run()
