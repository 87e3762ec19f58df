"""The diagram as a file: SVG to go on with, PNG to show; the whole or what is in sight.

Painted item by item with a pause after each, so that the window goes on while hundreds of
tables are written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QElapsedTimer, QObject, QRect, QRectF, QSize, QTimer
from PySide6.QtGui import QImage, QPainter, QTransform
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem

from caseload.gui.erd.items import TableItem
from caseload.gui.erd.look import BLOCKS_BELOW, look
from caseload.gui.erd.scene import DiagramScene
from caseload.model.errors import EnvironmentTrouble

_MARGIN = 40.0
_MOST_PIXELS = 60_000_000
_SLICE_MS = 12


def export_steps(scene: DiagramScene, path: Path, area: QRectF, zoom: float) -> Iterator[None]:
    """Write `area` of the scene in a zoom, a step an item; the ending of `path` says as what.

    A PNG that would be too large for memory is made in a smaller zoom.  Nothing stands at
    `path` until all is written.

    Raises:
        EnvironmentTrouble: the file cannot be written.
    """
    wanted = area.adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN)
    vector = path.suffix.lower() == ".svg"
    pixels = wanted.width() * wanted.height() * zoom * zoom
    if not vector and pixels > _MOST_PIXELS:
        zoom *= (_MOST_PIXELS / pixels) ** 0.5
    size = QSize(max(1, round(wanted.width() * zoom)), max(1, round(wanted.height() * zoom)))
    unfinished = path.with_name(f".{path.name}.unfinished{path.suffix}")
    try:
        unfinished.touch()
    except OSError as error:
        raise _trouble(path) from error
    sheet: QImage | QSvgGenerator = _svg(unfinished, size) if vector else _image(size)
    painter = QPainter()
    if not painter.begin(sheet):
        unfinished.unlink(missing_ok=True)
        raise _trouble(path)
    try:
        painter.fillRect(QRect(0, 0, size.width(), size.height()), look().canvas)
        base = QTransform.fromTranslate(-wanted.left(), -wanted.top())
        base *= QTransform.fromScale(zoom, zoom)
        for item in _items(scene, wanted, zoom):
            option = QStyleOptionGraphicsItem()
            option.exposedRect = item.boundingRect()
            painter.setWorldTransform(item.sceneTransform() * base)
            item.paint(painter, option, None)
            yield
    finally:
        painter.end()
    if isinstance(sheet, QImage) and not sheet.save(str(unfinished), "PNG"):  # type: ignore[call-overload]
        unfinished.unlink(missing_ok=True)
        raise _trouble(path)
    try:
        unfinished.replace(path)
    except OSError as error:
        raise _trouble(path) from error


def _items(scene: DiagramScene, area: QRectF, zoom: float) -> list[QGraphicsItem]:
    """What is painted, from the ground up; tables only where they are not blocks."""
    far = zoom < BLOCKS_BELOW
    shown = [
        item
        for item in scene.items()
        if item.sceneBoundingRect().intersects(area) and not (far and isinstance(item, TableItem))
    ]
    return sorted(shown, key=lambda item: item.zValue())


def _svg(path: Path, size: QSize) -> QSvgGenerator:
    made = QSvgGenerator()
    made.setFileName(str(path))
    made.setSize(size)
    made.setViewBox(QRect(0, 0, size.width(), size.height()))
    made.setTitle("Entity-relationship diagram")
    return made


def _image(size: QSize) -> QImage:
    return QImage(size, QImage.Format.Format_RGB32)


def _trouble(path: Path) -> EnvironmentTrouble:
    return EnvironmentTrouble(
        "The diagram could not be written", where=str(path), remedy="Choose another folder"
    )


class Exporter(QObject):
    """Takes the steps between events; `done` is told the path, `failed` the error."""

    def __init__(
        self,
        steps: Iterator[None],
        done: Callable[[], None],
        failed: Callable[[BaseException], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._steps = steps
        self._done, self._failed = done, failed
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._go_on)
        self._timer.start(0)

    def _go_on(self) -> None:
        clock = QElapsedTimer()
        clock.start()
        try:
            while clock.elapsed() < _SLICE_MS:
                next(self._steps)
        except StopIteration:
            self._end()
            self._done()
        except Exception as error:  # noqa: BLE001
            self._end()
            self._failed(error)

    def _end(self) -> None:
        self._timer.stop()
        self.deleteLater()
