"""The header: mark, path, state of the project in pills, search, and the person."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from caseload.gui import icons, paint, words
from caseload.gui.components.button import IconButton
from caseload.gui.components.card import Surface
from caseload.gui.components.pill import Pill, PillSpec
from caseload.gui.theme import current
from caseload.gui.words import tip
from caseload.model.stage import RunState
from caseload.model.views import ProjectHeader

_ROLE_FROM = 1320
_WORKSPACE_FROM = 1160


class _Mark(QWidget):
    """The mark and the name, over the rail."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedWidth(int(current().size("rail")))
        self.setAccessibleName("Caseload")

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint both."""
        painter = QPainter(self)
        theme = current()
        box = QRectF(15, 13, 22, 22)
        paint.box(painter, box, 5, theme.colour("accent"))
        pen = QPen(theme.colour("on_accent"), 1.5)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left, middle = box.left(), box.center().y()
        painter.setOpacity(0.75)
        for step, wide in ((-4, 7), (0, 5), (4, 7)):
            painter.drawLine(
                round(left + 5), round(middle + step), round(left + 5 + wide), round(middle + step)
            )
        painter.setOpacity(1)
        painter.drawPolyline(
            [
                box.topLeft() + QPointF(12.5, 6.5),
                box.topLeft() + QPointF(17, 11),
                box.topLeft() + QPointF(12.5, 15.5),
            ]
        )
        area = QRectF(47, 0, 140, self.height())
        paint.text(painter, area, "Caseload", theme.font("title"), theme.colour("text_1"))


class _Path(QWidget):
    """Organisation, workspace, project; the workspace goes first when there is no room."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: tuple[str, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def set_parts(self, parts: tuple[str, ...]) -> None:
        """Show another path."""
        self._parts = tuple(part for part in parts if part)
        self.setAccessibleName(", ".join(self._parts))
        self.setToolTip(tip(" › ".join(self._parts)))
        self.updateGeometry()
        self.update()

    def _width(self, index: int) -> float:
        weight = 600 if index == len(self._parts) - 1 else 400
        return paint.width_of(self._parts[index], current().font("body", weight))

    def sizeHint(self) -> QSize:
        """The whole path."""
        wide = sum(self._width(i) for i in range(len(self._parts)))
        return QSize(round(wide) + 26 * max(0, len(self._parts) - 1) + 26, 48)

    def minimumSizeHint(self) -> QSize:
        """The project's first letters."""
        return QSize(90, 48)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the parts with a chevron between."""
        painter = QPainter(self)
        theme = current()
        first = 0
        need = [self._width(i) + 26 for i in range(len(self._parts))]
        while first < len(need) - 1 and sum(need[first:]) > self.width() + 4:
            first += 1
        x = 0.0
        middle = self.height() / 2
        for index in range(first, len(self._parts)):
            last = index == len(self._parts) - 1
            font = theme.font("body", 600 if last else 400)
            colour = theme.colour("text_1" if last else "text_2")
            room = min(self._width(index) + 2, self.width() - x)
            area = QRectF(x, 0, room, self.height())
            paint.text(painter, area, self._parts[index], font, colour, mode=paint.MIDDLE)
            x += room
            if not last:
                icons.paint(painter, "chevron-right", x + 5, middle - 7, 14, "text_2")
                x += 24


class _SearchBox(QAbstractButton):
    """Looks like a field, opens the palette."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Search everything, Ctrl K")
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedHeight(30)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the field."""
        painter = QPainter(self)
        theme = current()
        paint.box(
            painter,
            self.rect(),
            theme.radius("medium"),
            theme.colour("hover" if self.underMouse() else "surface"),
            theme.colour("border_strong"),
        )
        icons.paint(painter, "search", 9, 7, 16, "text_2")
        area = QRectF(33, 0, self.width() - 90, self.height())
        paint.text(painter, area, "Search", theme.font("body"), theme.colour("text_3"))
        paint.key_cap(painter, self.width() - 7, self.height() / 2, "Ctrl K")


class _Person(QAbstractButton):
    """Initials, name and role."""

    def __init__(self) -> None:
        super().__init__()
        self._role = ""
        self.show_role = True
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_person(self, name: str, role: str) -> None:
        """Show another person."""
        self.setText(name)
        self._role = role
        self.setAccessibleName(f"{name}, {role}" if role else name)
        self.setToolTip(tip(self.accessibleName()))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Avatar, name, role."""
        theme = current()
        wide = 34 + paint.width_of(self.text(), theme.font("body", 500))
        if self.show_role and self._role:
            wide += 8 + paint.width_of(self._role, theme.font("caption"))
        return QSize(round(wide) + 2, 30)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint avatar, name, role."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = current()
        disc = QRectF(0.5, 3.5, 23, 23)
        painter.setPen(QPen(theme.colour("accent_border"), 1))
        painter.setBrush(theme.colour("accent_soft"))
        painter.drawEllipse(disc)
        font = theme.font("caption", 600)
        font.setPointSizeF(7.5)
        initials = "".join(part[0] for part in self.text().replace(".", " ").split()[:2]).upper()
        paint.text(painter, disc, initials, font, theme.colour("accent_text"), paint.CENTRE)
        bold = theme.font("body", 500)
        area = QRectF(33, 0, self.width() - 33, self.height())
        paint.text(painter, area, self.text(), bold, theme.colour("text_1"))
        if self.show_role and self._role:
            left = 33 + paint.width_of(self.text(), bold) + 8
            area = QRectF(left, 0, self.width() - left, self.height())
            paint.text(painter, area, self._role, theme.font("caption"), theme.colour("text_3"))


def state_pills(header: ProjectHeader) -> tuple[PillSpec, ...]:
    """Contract, last run and gate as pills."""
    version = header.contract_version
    contract = (
        PillSpec(f"Contract v{version}", "neutral", "git-commit-horizontal")
        if version is not None
        else PillSpec("No contract", "neutral", "circle-dashed")
    )
    if header.last_run is None:
        return contract, PillSpec("No runs", "neutral", "circle-dashed")
    pills = [contract, _run_pill(header)]
    if header.gates_passed is not None and header.gates_total is not None:
        good = header.gates_passed == header.gates_total
        said = f"Gate: {header.gates_passed} of {header.gates_total}"
        kind, icon = ("ok", "circle-check") if good else ("error", "circle-x")
        pills.append(PillSpec(said, kind, icon))
    return tuple(pills)


def _run_pill(header: ProjectHeader) -> PillSpec:
    run = f"Run {header.last_run}"
    state = header.last_run_state
    if state in (RunState.RUNNING, RunState.PUBLISHING, RunState.PENDING):
        return PillSpec(f"{run} · running", "info", "loader-circle")
    if state is RunState.INTERRUPTED:
        return PillSpec(f"{run} · interrupted", "warn", "triangle-alert")
    if state is RunState.CANCELLED:
        return PillSpec(f"{run} · cancelled", "neutral", "ban")
    if header.ledger_ties is False:
        return PillSpec(f"{run} · ledger open", "error", "scale")
    if state is RunState.FAILED:
        return PillSpec(f"{run} · failed", "error", "circle-x")
    if header.ledger_ties:
        return PillSpec(f"{run} · ledger ties", "ok", "circle-check")
    return PillSpec(run, "ok", "circle-check")


class Header(Surface):
    """The header over the whole width."""

    search_wanted = Signal()
    bell_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("surface", edges="b", parent=parent)
        self.setFixedHeight(int(current().size("header")))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 12, 1)
        row.setSpacing(0)
        row.addWidget(_Mark())
        row.addSpacing(8)
        self._path = _Path()
        row.addWidget(self._path)
        row.addSpacing(4)
        self._pills = QHBoxLayout()
        self._pills.setSpacing(7)
        row.addLayout(self._pills)
        row.addStretch(1)
        row.addSpacing(12)
        self._search = _SearchBox()
        row.addWidget(self._search)
        row.addSpacing(12)
        self._bell = IconButton("bell", "Problems", small=False)
        row.addWidget(self._bell)
        row.addSpacing(8)
        self._person = _Person()
        row.addWidget(self._person)
        self._shown: list[Pill] = []
        self._search.clicked.connect(self.search_wanted)
        self._bell.clicked.connect(self.bell_wanted)
        self.setAccessibleName("Project")
        self._show_parts(on=False)

    def _show_parts(self, *, on: bool) -> None:
        """Without a project there is nothing to search and nobody to be."""
        for part in (self._path, self._search, self._bell, self._person):
            part.setVisible(on)

    def set_header(self, header: ProjectHeader) -> None:
        """Show the project as it stands."""
        self._path.set_parts((header.organisation, header.workspace, header.name))
        self._person.set_person(header.actor, words.role(header.role))
        self._show_parts(on=True)
        specs = state_pills(header)
        while len(self._shown) > len(specs):
            pill = self._shown.pop()
            self._pills.removeWidget(pill)
            pill.deleteLater()
        for index, spec in enumerate(specs):
            if index < len(self._shown):
                self._shown[index].set_spec(spec)
            else:
                self._shown.append(Pill(spec))
                self._pills.addWidget(self._shown[-1])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the role go first, then the words of the search."""
        super().resizeEvent(event)
        wide = event.size().width()
        if self._person.show_role != (wide >= _ROLE_FROM):
            self._person.show_role = wide >= _ROLE_FROM
            self._person.updateGeometry()
        self._search.setFixedWidth(320 if wide >= 1700 else 172 if wide >= _WORKSPACE_FROM else 140)
