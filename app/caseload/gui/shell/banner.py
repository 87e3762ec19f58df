"""The banner: something about the whole project, under the header, one at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from caseload.gui import icons, paint
from caseload.gui.components.button import Button
from caseload.gui.components.label import ElidedLabel, Label
from caseload.gui.theme import current
from caseload.model.views import ProjectHeader

_ONE, _TWO = 40, 62


@dataclass(frozen=True, slots=True)
class Notice:
    """What the banner says; `buttons` are (words, icon, what it does), at most two.

    Of several the one with the lowest `rank` is shown: interrupted 0, read only 1, locked 2.
    """

    rank: int
    lead: str
    words: str
    kind: str = "neutral"
    icon: str = "info"
    second: str = ""
    buttons: Sequence[tuple[str, str, Callable[[], None]]] = ()


class Banner(QWidget):
    """Shows the most pressing of the notices it was given."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._notices: dict[str, Notice] = {}
        self._kind = "neutral"
        self._icon = "info"
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(40, 0, 16, 1)
        self._row.setSpacing(8)
        said = QVBoxLayout()
        said.setSpacing(0)
        first = QHBoxLayout()
        first.setSpacing(6)
        self._lead = Label("", weight=600)
        self._words = ElidedLabel("", tone="text_2", mode=paint.END)
        first.addWidget(self._lead)
        first.addWidget(self._words, 1)
        self._second = ElidedLabel("", "caption", "text_2", mode=paint.END)
        said.addStretch(1)
        said.addLayout(first)
        said.addWidget(self._second)
        said.addStretch(1)
        self._row.addLayout(said, 1)
        self._buttons: list[Button] = []
        self.hide()

    def put(self, key: str, notice: Notice | None) -> None:
        """Set the notice of one concern, or take it away."""
        if notice is None:
            self._notices.pop(key, None)
        else:
            self._notices[key] = notice
        ranked = sorted(self._notices.values(), key=_rank)
        if ranked:
            self._show(ranked[0])
        self.setVisible(bool(ranked))

    def _show(self, notice: Notice) -> None:
        self._kind, self._icon = notice.kind, notice.icon
        self._lead.setText(notice.lead)
        self._words.setText(notice.words)
        self._second.setText(notice.second)
        self._second.setVisible(bool(notice.second))
        self.setFixedHeight(_TWO if notice.second else _ONE)
        self.setAccessibleName(f"{notice.lead} {notice.words} {notice.second}".strip())
        for button in self._buttons:
            self._row.removeWidget(button)
            button.deleteLater()
        self._buttons = []
        for words, icon, slot in notice.buttons:
            button = Button(words, icon=icon, small=True)
            button.clicked.connect(slot)
            self._row.addWidget(button)
            self._buttons.append(button)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the soft bar."""
        painter = QPainter(self)
        colours = current().kind(self._kind)
        painter.fillRect(self.rect(), colours.soft)
        paint.hline(painter, 0, self.width(), self.height() - 1, colours.border)
        icons.paint(painter, self._icon, 15, (self.height() - 16) / 2, 16, colours.text)


def _rank(notice: Notice) -> int:
    return notice.rank


def read_only_notice(header: ProjectHeader, again: Callable[[], None]) -> Notice | None:
    """That the project can only be read, by whom it is held, and a way to try again."""
    if not header.read_only:
        return None
    name = header.holder.rpartition(" on ")[0] or header.holder
    who = f"{name} has it open." if name else "Nothing can be changed."
    buttons = (("Try again", "refresh-cw", again),)
    return Notice(1, "Read only.", who, icon="lock", buttons=buttons)


def interrupted_notice(header: ProjectHeader, resume: Callable[[], None]) -> Notice | None:
    """That a run was interrupted and can go on; who can only read cannot resume it."""
    if header.interrupted_run is None or header.read_only:
        return None
    return Notice(
        0,
        f"Run {header.interrupted_run} was interrupted.",
        "",
        "warn",
        "triangle-alert",
        second="Its outputs are the last good ones.",
        buttons=(("Resume", "play", resume),),
    )
