"""The log of a run: filtered by severity and words, following its end until scrolled away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QHBoxLayout, QVBoxLayout, QWidget

from caseload.gui import icons, paint, words
from caseload.gui.components.button import Button
from caseload.gui.components.card import Card, Rule
from caseload.gui.components.fields import SearchField
from caseload.gui.components.label import Label
from caseload.gui.components.scroll import thin
from caseload.gui.components.segmented import Segmented
from caseload.gui.job import LogLine
from caseload.gui.theme import current

_LEVELS = {
    "info": ("Info", "info", "text_2"),
    "warning": ("Warning", "triangle-alert", "warn"),
    "error": ("Error", "circle-x", "error"),
}
_TIME, _LEVEL, _TABLE, _WORDS = 16, 88, 172, 348


class LogView(QAbstractScrollArea):
    """The lines themselves; only those in sight are painted."""

    scrolled_away = Signal()

    def __init__(self, zone: tzinfo | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        thin(self, ground="sunken")
        self._lines: list[LogLine] = []
        self._shown: list[LogLine] = []
        self._level = "all"
        self._text = ""
        self._zone = zone
        self._follow = True
        self._pushing = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Log")
        self.verticalScrollBar().valueChanged.connect(self._scrolled)

    @property
    def shown(self) -> Sequence[LogLine]:
        """The lines that pass the filter."""
        return self._shown

    def counts(self) -> tuple[int, int, int]:
        """All lines, warnings, errors."""
        levels = [line.level for line in self._lines]
        return len(levels), levels.count("warning"), levels.count("error")

    def set_lines(self, lines: Sequence[LogLine]) -> None:
        """Show another log."""
        self._lines = list(lines)
        self._refilter()

    def add_lines(self, lines: Sequence[LogLine]) -> None:
        """Add lines at the end."""
        self._lines.extend(lines)
        self._shown.extend(line for line in lines if self._passes(line))
        self._measure()

    def set_filter(self, level: str, text: str) -> None:
        """Show only a level (all, warning, error) and lines with some words."""
        self._level = level
        self._text = text.casefold()
        self._refilter()

    def set_follow(self, *, follow: bool) -> None:
        """Keep the end in sight, or leave the place as it is."""
        self._follow = follow
        self._measure()

    def text(self) -> str:
        """The shown lines as text."""
        rows = (
            f"{line.at:%Y-%m-%dT%H:%M:%SZ}\t{line.level}\t{line.table}\t{line.message}"
            for line in self._shown
        )
        return "\n".join(rows)

    def _passes(self, line: LogLine) -> bool:
        if self._level != "all" and line.level != self._level:
            return False
        return not self._text or self._text in f"{line.table} {line.message}".casefold()

    def _refilter(self) -> None:
        self._shown = [line for line in self._lines if self._passes(line)]
        self._measure()

    def _measure(self) -> None:
        row = current().metric("log_row")
        bar = self.verticalScrollBar()
        self._pushing = True
        bar.setRange(0, max(0, len(self._shown) * row + 12 - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(row)
        if self._follow:
            bar.setValue(bar.maximum())
        self._pushing = False
        self.setAccessibleDescription(words.plural(len(self._shown), "line"))
        self.viewport().update()

    def _scrolled(self, value: int) -> None:
        self.viewport().update()
        if self._follow and not self._pushing and value < self.verticalScrollBar().maximum():
            self._follow = False
            self.scrolled_away.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the end in sight."""
        super().resizeEvent(event)
        self._measure()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """End follows again; the rest scrolls."""
        if event.key() == Qt.Key.Key_End:
            self.set_follow(follow=True)
        elif event.key() == Qt.Key.Key_Home:
            self.verticalScrollBar().setValue(0)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the lines in sight."""
        painter = QPainter(self.viewport())
        theme = current()
        area = self.viewport().rect()
        painter.fillRect(area, theme.colour("sunken"))
        row = theme.metric("log_row")
        top = self.verticalScrollBar().value()
        first = max(0, (top - 6) // row)
        y = 6 + first * row - top
        for line in self._shown[first:]:
            if y > area.height():
                break
            self._paint_line(painter, QRectF(0, y, area.width(), row), line)
            y += row

    def _paint_line(self, painter: QPainter, area: QRectF, line: LogLine) -> None:
        theme = current()
        label, icon, tone = _LEVELS.get(line.level, _LEVELS["info"])
        kind = tone in ("warn", "error")
        colour = theme.kind(tone).text if kind else theme.colour(tone)
        if line.level == "error":
            painter.fillRect(area, theme.kind("error").soft)
        code = theme.font("code")
        quiet = theme.colour("text_2")
        height = area.height()
        at = f"{line.at.astimezone(self._zone):%H:%M:%S}"
        paint.text(painter, QRectF(_TIME, area.top(), 70, height), at, code, quiet)
        icons.paint(painter, icon, _LEVEL, area.center().y() - 7, 14, colour)
        caption = theme.font("caption")
        paint.text(painter, QRectF(_LEVEL + 19, area.top(), 62, height), label, caption, colour)
        table = QRectF(_TABLE, area.top(), _WORDS - _TABLE - 12, height)
        paint.text(painter, table, line.table, code, quiet, mode=paint.MIDDLE)
        rest = QRectF(_WORDS, area.top(), area.width() - _WORDS - 16, height)
        paint.text(painter, rest, line.message, code, theme.colour("text_1"))


class LogPanel(Card):
    """A card with the log under its filters; `saved` asks the page to write it to a file."""

    saved = Signal(str)

    def __init__(self, zone: tzinfo | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setAccessibleName("Log")
        self.view = LogView(zone)
        bar = QWidget()
        bar.setFixedHeight(int(current().size("card_head")))
        row = QHBoxLayout(bar)
        row.setContentsMargins(15, 0, 15, 0)
        row.setSpacing(10)
        row.addWidget(Label("Log", "title"))
        self._levels = Segmented(
            (("all", "All 0"), ("warning", "Warnings 0"), ("error", "Errors 0")),
            name="Lines",
            small=True,
        )
        self._search = SearchField("Filter log")
        self._search.setFixedWidth(200)
        self._following = Button("Following", icon="arrow-down", small=True)
        self._following.setCheckable(True)
        self._following.setChecked(True)
        copy = Button("", icon="copy", small=True, name="Copy the log")
        save = Button("", icon="download", small=True, name="Save the log")
        for widget in (self._levels, self._search):
            row.addWidget(widget)
        row.addStretch(1)
        for button in (self._following, copy, save):
            row.addWidget(button)
        self.body.addWidget(bar)
        self.body.addWidget(Rule())
        self._holder = QWidget()
        holder = QVBoxLayout(self._holder)
        holder.setContentsMargins(0, 0, 0, 7)
        holder.addWidget(self.view)
        self.body.addWidget(self._holder, 1)
        self._levels.chosen.connect(self._refilter)
        self._search.searched.connect(self._refilter)
        self._following.toggled.connect(self._follow)
        self.view.scrolled_away.connect(self._let_go)
        copy.clicked.connect(self._copy)
        save.clicked.connect(self._save)

    @property
    def search(self) -> SearchField:
        """The field that Ctrl+F may focus."""
        return self._search

    def set_lines(self, lines: Sequence[LogLine]) -> None:
        """Show another log."""
        self.view.set_lines(lines)
        self._count()

    def add_lines(self, lines: Sequence[LogLine]) -> None:
        """Add lines; connect a job's `logged` here."""
        self.view.add_lines(lines)
        self._count()

    def _count(self) -> None:
        for (key, label), count in zip(
            (("all", "All"), ("warning", "Warnings"), ("error", "Errors")),
            self.view.counts(),
            strict=True,
        ):
            self._levels.set_words(key, f"{label} {words.number(count)}")

    def _refilter(self, _said: str = "") -> None:
        self.view.set_filter(self._levels.choice, self._search.text())

    def _follow(self, on: bool) -> None:
        self.view.set_follow(follow=on)

    def _let_go(self) -> None:
        self._following.setChecked(False)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.view.text())

    def _save(self) -> None:
        self.saved.emit(self.view.text())
