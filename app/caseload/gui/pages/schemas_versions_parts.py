"""The parts of the versions view: cards of versions, chips that filter, and the details."""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from caseload.gui import icons, paint
from caseload.gui.components.button import Button, press_on_enter
from caseload.gui.components.card import Rule, Surface
from caseload.gui.components.inspector import Facts
from caseload.gui.components.label import ElidedLabel, Label, Link
from caseload.gui.components.pill import Pill, PillSpec, paint_pill, pill_width
from caseload.gui.components.scroll import ScrollArea
from caseload.gui.components.states import Icon
from caseload.gui.pages.schemas_versions_presenter import Line, size, when
from caseload.gui.theme import current
from caseload.gui.words import tip
from caseload.model.schema_diff import SpecVersion

_AFTER = re.compile(r"[._]")
_LINE, _LONG = 38, 28
_PAD = 16
_CARD = 66
_CHIP = 26
_GAP = 6


class VersionCard(QAbstractButton):
    """One version: its label, when and by whom, how much it describes, and its part."""

    def __init__(self, version: SpecVersion) -> None:
        super().__init__()
        self.version = version
        self._part = ""
        self.setFixedHeight(_CARD)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(tip("\n".join(f"{d.name}\n{d.sha256}" for d in version.documents)))
        press_on_enter(self)
        self.set_part("")

    def set_part(self, part: str) -> None:
        """Say whether it is the "older" or the "newer" one of those compared."""
        self._part = part
        said = f"{self.version.label}, {when(self.version)}, {size(self.version)}"
        self.setAccessibleName(f"{said}, the {part} one compared" if part else said)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down go to the neighbouring cards."""
        steps = {Qt.Key.Key_Up: False, Qt.Key.Key_Down: True}
        if event.key() in steps:
            (self.focusNextChild if steps[Qt.Key(event.key())] else self.focusPreviousChild)()
            return
        super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint three lines and the part at the right."""
        painter = QPainter(self)
        theme = current()
        area = QRectF(self.rect())
        ground = "accent_soft" if self._part else "hover" if self.underMouse() else "surface"
        painter.fillRect(self.rect(), theme.colour(ground))
        paint.hline(painter, 0, self.width(), self.height() - 1, theme.colour("border"))
        room = area.width() - 2 * _PAD
        if self._part:
            spec = PillSpec(self._part, "accent")
            left = area.right() - _PAD + 4 - pill_width(spec)
            paint_pill(painter, left, 18, spec)
            room = left - _PAD - 8
        bold, caption = theme.font("body", 600), theme.font("caption")
        name = QRectF(_PAD, 8, room, 20)
        paint.text(painter, name, self.version.label, bold, theme.colour("text_1"),
                   mode=paint.MIDDLE)  # fmt: skip
        for top, words, tone in (
            (27, when(self.version), "text_2"),
            (43, size(self.version), "text_3"),
        ):
            line = QRectF(_PAD, top, area.width() - 2 * _PAD, 16)
            paint.text(painter, line, words, caption, theme.colour(tone))


class VersionList(QWidget):
    """The versions of a side, newest first; `chosen` gives one to look at."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Versions")
        inner = QWidget()
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(ScrollArea(inner, fill="surface"))
        self.cards: list[VersionCard] = []

    def set_versions(self, versions: Sequence[SpecVersion], old: int, new: int) -> None:
        """Show versions; `old` and `new` are the ids of those compared."""
        if [c.version for c in self.cards] != list(versions):
            for card in self.cards:
                card.deleteLater()
            self.cards = [VersionCard(version) for version in versions]
            for at, card in enumerate(self.cards):
                card.clicked.connect(self._clicked)
                self._column.insertWidget(at, card)
        parts = {old: "older", new: "newer"}
        for card in self.cards:
            card.set_part(parts.get(card.version.id, ""))

    def _clicked(self) -> None:
        card = self.sender()
        if isinstance(card, VersionCard):
            self.chosen.emit(card.version)


class CountChip(QAbstractButton):
    """A count that filters while it is pressed in."""

    def __init__(self, key: Hashable, spec: PillSpec, count: int) -> None:
        super().__init__()
        self.key = key
        self._spec = spec
        self._words = spec.words[:1].lower() + spec.words[1:]
        self._count = f"{count:,}"
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(f"{spec.words}: {self._count}")
        press_on_enter(self)

    def sizeHint(self) -> QSize:
        """Icon, words and count."""
        theme = current()
        wide = paint.width_of(self._words, theme.font("body"))
        wide += paint.width_of(self._count, theme.font("body", 600))
        return QSize(int(wide) + 9 + 14 + 6 + 7 + 10, _CHIP)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the chip; pressed in it is soft."""
        painter = QPainter(self)
        theme = current()
        area = QRectF(self.rect())
        on = self.isChecked()
        fill = "accent_soft" if on else "hover" if self.underMouse() else "surface"
        edge = theme.colour("accent_text" if on else "border_mid")
        paint.box(painter, area, theme.radius("medium"), theme.colour(fill), edge)
        kinds = ("ok", "warn", "error", "info")
        kind = self._spec.kind
        tone = theme.kind(kind).text if kind in kinds else theme.colour("text_2")
        icons.paint(painter, self._spec.icon, 9, area.center().y() - 7, 14, tone)
        bold = theme.font("body", 600)
        wide = paint.width_of(self._count, bold)
        count = QRectF(29, 0, wide + 2, area.height())
        paint.text(painter, count, self._count, bold, theme.colour("text_1"))
        said = QRectF(count.right() + 5, 0, area.right() - count.right() - 8, area.height())
        paint.text(painter, said, self._words, theme.font("body"), theme.colour("text_1"))


class CountChips(QWidget):
    """Chips that wrap; `changed` gives the keys of those pressed in."""

    changed = Signal(tuple)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.chips: list[CountChip] = []
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizePolicy(policy)

    def set_counts(
        self, counts: Sequence[tuple[Hashable, PillSpec, int]], chosen: Sequence[Hashable]
    ) -> None:
        """Show other counts."""
        for chip in self.chips:
            chip.hide()
            chip.deleteLater()
        self.chips = []
        for key, spec, count in counts:
            chip = CountChip(key, spec, count)
            chip.setParent(self)
            chip.setChecked(key in chosen)
            chip.toggled.connect(self._told)
            chip.show()
            self.chips.append(chip)
        self._place()

    def _told(self) -> None:
        self.changed.emit(tuple(c.key for c in self.chips if c.isChecked()))

    def _place(self) -> None:
        left, top, width = _PAD, 8, max(self.width(), 200)
        for chip in self.chips:
            wide = chip.sizeHint().width()
            if left > _PAD and left + wide > width - _PAD:
                left, top = _PAD, top + _CHIP + _GAP
            chip.setGeometry(QRect(left, top, wide, _CHIP))
            left += wide + _GAP
        self.setFixedHeight(top + _CHIP + 8 if self.chips else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap the chips anew."""
        super().resizeEvent(event)
        self._place()


def _breakable(words: str) -> str:
    """Words in which long names may be broken after their dot and underscores."""
    return " ".join(
        _AFTER.sub("\\g<0>\u200b", word) if len(word) > _LONG else word for word in words.split(" ")
    )


class Details(Surface):
    """What is chosen, in full; at its foot what can be done.

    `first` and `second` when the buttons at the foot are pressed, `followed` a link.
    """

    first = Signal()
    second = Signal()
    followed = Signal()

    def __init__(self) -> None:
        super().__init__("surface", edges="l")
        self.setAccessibleName("Details")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 0, 0, 0)
        outer.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(_PAD, 12, _PAD, 4)
        head.setSpacing(8)
        self.title = ElidedLabel("", "title")
        self.pill = Pill(PillSpec(""))
        head.addWidget(self.title, 1)
        head.addWidget(self.pill)
        outer.addLayout(head)
        self._body = QWidget()
        self._lines = QVBoxLayout(self._body)
        self._lines.setContentsMargins(_PAD, 4, _PAD, 12)
        self._lines.setSpacing(8)
        outer.addWidget(ScrollArea(self._body, fill="surface"), 1)
        self._rule = Rule()
        outer.addWidget(self._rule)
        foot = QHBoxLayout()
        foot.setContentsMargins(_PAD, 10, _PAD, 10)
        foot.setSpacing(8)
        self.first_button = Button("Confirm", "primary")
        self.second_button = Button("Keep apart")
        self.first_button.clicked.connect(self.first)
        self.second_button.clicked.connect(self.second)
        foot.addWidget(self.first_button)
        foot.addWidget(self.second_button)
        foot.addStretch(1)
        outer.addLayout(foot)
        self.clear()

    def clear(self, words: str = "") -> None:
        """Show nothing but a hint."""
        self.begin("", None)
        if words:
            self.add_words(words, "text_3")
        self.finish()

    def begin(self, title: str, pill: PillSpec | None) -> None:
        """Begin to show something else."""
        while self._lines.count():
            item = self._lines.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.title.setText(title)
        self.pill.setVisible(pill is not None)
        if pill is not None:
            self.pill.set_spec(pill)
        self.set_buttons("", "")

    def add_words(self, words: str, tone: str = "text_1") -> None:
        """Add a paragraph."""
        self._lines.addWidget(Label(words, tone=tone, wrap=True, selectable=True))

    def add_name(self, title: str, name: str) -> None:
        """Add a name under what it is, on two lines where one is too short."""
        self._lines.addWidget(Label(title, "caption", "text_3"))
        shown = name if len(name) <= _LINE else name.replace(".", ".\n", 1)
        self._lines.addWidget(Label(shown, wrap=True, selectable=True))

    def add_head(self, words: str) -> None:
        """Add a heading."""
        self._lines.addWidget(Label(words, weight=600))

    def add_facts(self, facts: list[tuple[str, str]]) -> None:
        """Add names and values."""
        if facts:
            widget = Facts()
            widget.set_facts(facts)
            self._lines.addWidget(widget)

    def add_lines(self, lines: Sequence[Line]) -> None:
        """Add lines with a sign each."""
        for line in lines:
            holder = QWidget()
            row = QHBoxLayout(holder)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(8)
            row.addWidget(Icon(line.icon, 16, line.tone), 0, Qt.AlignmentFlag.AlignTop)
            row.addWidget(Label(_breakable(line.words), wrap=True, selectable=True), 1)
            self._lines.addWidget(holder)

    def add_link(self, words: str) -> None:
        """Add something to follow."""
        link = Link(words)
        link.clicked.connect(self.followed)
        self._lines.addWidget(link)

    def finish(self) -> None:
        """All is added."""
        self._lines.addStretch(1)

    def set_buttons(self, first: str, second: str) -> None:
        """Name the buttons at the foot; "" hides one."""
        for button, words in ((self.first_button, first), (self.second_button, second)):
            button.setVisible(bool(words))
            if words:
                button.set_words(words)
        self._rule.setVisible(bool(first or second))
