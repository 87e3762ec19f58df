"""What lies over the diagram: zoom bar, legend, minimap, and a card that explains a line."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from caseload.gui import icons, paint
from caseload.gui.components.bars import paint_coverage
from caseload.gui.erd.look import look, pen
from caseload.gui.theme import current
from caseload.gui.words import tip
from caseload.model.erd import Diagram, Placement
from caseload.model.relationship import RelationshipRow

_MAP = QSize(148, 104)
_MAP_PAD = 6.0


class _Part(QAbstractButton):
    """One button of the zoom bar."""

    def __init__(self, icon: str, name: str, width: int = 31) -> None:
        super().__init__()
        self._icon = icon
        self._wide = width
        self.setAccessibleName(name)
        self.setToolTip(tip(name))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Square, or as wide as the percentage."""
        return QSize(self._wide, 28)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint icon or words."""
        painter = QPainter(self)
        theme = current()
        if self.underMouse() or self.isDown():
            painter.fillRect(self.rect(), theme.colour("pressed" if self.isDown() else "hover"))
        if self._icon:
            icons.paint(painter, self._icon, (self.width() - 16) / 2, 6, 16, "text_2")
        else:
            font = theme.font("caption", 500)
            paint.text(
                painter, self.rect(), self.text(), font, theme.colour("text_2"), paint.CENTRE
            )


class ZoomBar(QWidget):
    """Out, how far, in, all: `stepped` gives "out", "in", "fit" or "whole" (100 %)."""

    stepped = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(1, 1, 1, 1)
        row.setSpacing(1)
        parts = (
            ("out", "minus", "Zoom out", 31),
            ("whole", "", "Zoom to 100%", 52),
            ("in", "plus", "Zoom in", 31),
            ("fit", "maximize", "Fit the window", 31),
        )
        self.parts: dict[str, _Part] = {}
        for key, icon, name, wide in parts:
            part = _Part(icon, name, wide)
            part.setObjectName(key)
            part.clicked.connect(self._press)
            self.parts[key] = part
            row.addWidget(part)
        self.setFixedSize(self.sizeHint().width(), 30)

    def _press(self) -> None:
        self.stepped.emit(self.sender().objectName())

    def set_zoom(self, zoom: float) -> None:
        """Say how far."""
        part = self.parts["whole"]
        part.setText(f"{zoom * 100:.0f}%")
        part.setAccessibleName(f"Zoom {zoom * 100:.0f}%, to 100%")
        part.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the frame and the lines between."""
        painter = QPainter(self)
        theme = current()
        paint.box(
            painter,
            self.rect(),
            theme.radius(),
            theme.colour("surface"),
            theme.colour("border_mid"),
        )
        for part in list(self.parts.values())[1:]:
            paint.vline(painter, part.x() - 1, 1, self.height() - 1, theme.colour("border"))


class Legend(QWidget):
    """What the colours of the bars and the strokes of the lines mean."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(
            "Legend: green approved, blue decided, grey unused; solid line certain, dashed weak"
        )
        self.setFixedSize(self.sizeHint())

    _BARS = (("Approved", "approved"), ("Decided", "decided"), ("Unused", "track"))
    _LINES = (("Link", False), ("Weak guess", True))

    def sizeHint(self) -> QSize:
        """All entries in a row."""
        font = current().font("caption")
        words = [w for w, _ in self._BARS] + [w for w, _ in self._LINES]
        return QSize(round(sum(paint.width_of(w, font) + 38 for w in words)) + 8, 30)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the entries."""
        painter, theme, shown = QPainter(self), current(), look()
        paint.box(painter, self.rect(), theme.radius(), shown.surface, shown.border)
        font, left, middle = theme.font("caption"), 12.0, self.height() / 2
        for words, name in self._BARS:
            mark = QRectF(left, middle - 2, 16, 4)
            paint.box(painter, mark, 2, getattr(shown, name))
            left = self._words(painter, left, words, font)
        for words, dashed in self._LINES:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
            painter.setPen(pen(shown.edge, 1.25, dashed=dashed))
            painter.drawLine(QPointF(left, middle), QPointF(left + 17, middle))
            left = self._words(painter, left, words, font)

    def _words(self, painter: QPainter, left: float, words: str, font: object) -> float:
        width = paint.width_of(words, font)  # type: ignore[arg-type]
        area = QRectF(left + 22, 0, width + 2, self.height())
        paint.text(painter, area, words, font, current().colour("text_2"))  # type: ignore[arg-type]
        return left + 38 + width


class MiniMap(QWidget):
    """The whole from afar with the part in sight; a press goes there.

    Painted from the layout, never from the scene.  `wanted` gives a place of the scene.
    """

    wanted = Signal(QPointF)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(_MAP)
        self.setAccessibleName("Map of the diagram")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._diagram: Diagram | None = None
        self._placement: Placement | None = None
        self._seen = QRectF()

    def show_placement(self, diagram: Diagram, placement: Placement) -> None:
        """Show another layout."""
        self._diagram, self._placement = diagram, placement
        self.update()

    def show_seen(self, seen: QRectF) -> None:
        """Frame the part in sight."""
        self._seen = seen
        self.update()

    def _scale(self) -> tuple[float, float, float]:
        """How small, and where the scene's origin lies."""
        if self._placement is None:
            return 1.0, 0.0, 0.0
        box = self._placement.bounds
        room_x, room_y = self.width() - 2 * _MAP_PAD, self.height() - 2 * _MAP_PAD
        small = min(room_x / max(1.0, box.w), room_y / max(1.0, box.h))
        left = (self.width() - box.w * small) / 2 - box.x * small
        return small, left, (self.height() - box.h * small) / 2 - box.y * small

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint regions, the focus table and the frame."""
        painter, theme, shown = QPainter(self), current(), look()
        paint.box(painter, self.rect(), theme.radius(), shown.surface, shown.border_mid)
        if self._placement is None or self._diagram is None:
            return
        small, dx, dy = self._scale()
        domains = {d.name: d for d in self._diagram.domains}
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        for region in self._placement.domains:
            box = region.box
            area = QRectF(box.x * small + dx, box.y * small + dy, box.w * small, box.h * small)
            painter.setPen(pen(shown.region_border))
            painter.setBrush(theme.colour("hover"))
            painter.drawRect(area)
            domain = domains.get(region.name)
            if domain is not None and area.width() > 12 and domain.fields:
                line = QRectF(area.left() + 3, area.bottom() - 4, area.width() - 6, 2)
                paint_coverage(
                    painter, line, domain.approved / domain.fields, domain.decided / domain.fields
                )
                painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        focus = self._placement.tables.get(self._placement.focus)
        if focus is not None:
            box = focus.box
            area = QRectF(box.x * small + dx, box.y * small + dy, box.w * small, box.h * small)
            painter.fillRect(area, shown.edge_focus)
        seen = QRectF(
            self._seen.x() * small + dx,
            self._seen.y() * small + dy,
            self._seen.width() * small,
            self._seen.height() * small,
        ).intersected(QRectF(self.rect()).adjusted(2, 2, -3, -3))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(pen(shown.edge_focus, 1.5))
        painter.drawRect(seen)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go there."""
        self._go(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go along."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event.position())

    def _go(self, at: QPointF) -> None:
        small, dx, dy = self._scale()
        self.wanted.emit(QPointF((at.x() - dx) / small, (at.y() - dy) / small))


class EdgeCard(QWidget):
    """What is known of the relationship under the pointer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._title = ""
        self._facts: list[tuple[str, str, str]] = []
        self._evidence: list[tuple[bool, str]] = []
        self.hide()

    def show_link(
        self,
        row: RelationshipRow,
        facts: Sequence[tuple[str, str, str]],
        evidence: Sequence[tuple[bool, str]],
    ) -> None:
        """Show a relationship: (name, words, tone) for each fact, then what speaks for it."""
        self._title = f"{', '.join(row.child_fields)} to {row.parent}"
        self._facts, self._evidence = list(facts), list(evidence)
        theme = current()
        font = theme.font("caption")
        widths = [paint.width_of(self._title, theme.font("body", 600))]
        widths += [paint.width_of(said, font) + 96 for _, said, _ in facts]
        widths += [paint.width_of(said, font) + 22 for _, said in evidence]
        high = 42 + 20 * (len(facts) + len(evidence)) + (8 if evidence else 0)
        self.resize(round(min(440.0, max(220.0, max(widths) + 30))), high)
        said = [f"{name} {words}" for name, words, _ in facts] + [words for _, words in evidence]
        self.setAccessibleName(f"{self._title}: " + "; ".join(said))
        self.show()
        self.raise_()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the card."""
        painter, theme = QPainter(self), current()
        fill, edge = theme.colour("raised"), theme.colour("border_mid")
        paint.box(painter, self.rect(), theme.radius("large"), fill, edge)
        head = QRectF(13, 10, self.width() - 26, 20)
        paint.text(painter, head, self._title, theme.font("body", 600), theme.colour("text_1"))
        font, top = theme.font("caption"), 36.0
        for name, said, tone in self._facts:
            line = QRectF(13, top, 96, 18)
            paint.text(painter, line, name, font, theme.colour("text_3"))
            colour = theme.kind(tone).text if tone else theme.colour("text_1")
            value = QRectF(109, top, self.width() - 122, 18)
            paint.text(painter, value, said, font, colour)
            top += 20
        top += 4
        for passed, said in self._evidence:
            kind = theme.kind("ok" if passed else "warn")
            icons.paint(
                painter, "check" if passed else "triangle-alert", 13, top + 2, 14, kind.text
            )
            line = QRectF(35, top, self.width() - 48, 18)
            paint.text(painter, line, said, font, theme.colour("text_2"))
            top += 20
