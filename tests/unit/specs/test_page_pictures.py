"""Pages are drawn by a child that stays for one document and is lost without harm."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from caseload.model.errors import BadInput
from caseload.specs.page_picture import PageDrawer
from caseload.specs.sandbox_limits import Limits


@pytest.fixture
def drawer() -> Iterator[PageDrawer]:
    drawer = PageDrawer()
    yield drawer
    drawer.close()


def document(path: Path, *, pages: int = 3, size: tuple[float, float] = (600, 800)) -> Path:
    canvas = Canvas(str(path), pagesize=size, invariant=1)
    for number in range(1, pages + 1):
        canvas.setFillColorRGB(number / pages, 0, 0)
        canvas.rect(0, 0, *size, stroke=0, fill=1)
        canvas.showPage()
    canvas.save()
    return path


def pixel(png: bytes) -> tuple[int, int, tuple[int, ...]]:
    """Width, height, and the first pixel of a PNG that this program wrote."""
    width, height = struct.unpack(">II", png[16:24])
    length = struct.unpack(">I", png[33:37])[0]
    raw = zlib.decompress(png[41 : 41 + length])
    return width, height, tuple(raw[1:4])


def test_pages_of_one_document_come_from_one_child(tmp_path: Path, drawer: PageDrawer) -> None:
    path = document(tmp_path / "a.pdf")
    first = drawer.draw(path, 1, 300)
    child = drawer._held[0]
    last = drawer.draw(path, 3, 150)
    assert drawer._held == [child]
    assert (first.pages, first.width, first.height) == (3, 600, 800)
    assert pixel(first.png) == (300, 400, (85, 0, 0))
    assert pixel(last.png) == (150, 200, (255, 0, 0))


def test_another_document_gets_another_child(tmp_path: Path, drawer: PageDrawer) -> None:
    drawer.draw(document(tmp_path / "a.pdf"), 1, 50)
    child = drawer._held[0]
    drawer.draw(document(tmp_path / "b.pdf", pages=1), 1, 50)
    assert not child.alive
    assert len(drawer._held) == 1


def test_a_document_that_was_replaced_is_drawn_anew(tmp_path: Path, drawer: PageDrawer) -> None:
    assert drawer.draw(document(tmp_path / "a.pdf"), 1, 50).pages == 3
    assert drawer.draw(document(tmp_path / "a.pdf", pages=2), 1, 50).pages == 2


def test_after_a_refusal_the_next_page_is_drawn(tmp_path: Path, drawer: PageDrawer) -> None:
    path = document(tmp_path / "a.pdf")
    with pytest.raises(BadInput, match="has 3 pages"):
        drawer.draw(path, 4, 50)
    assert drawer.draw(path, 2, 50).pages == 3


def test_a_child_that_was_lost_is_replaced(tmp_path: Path, drawer: PageDrawer) -> None:
    path = document(tmp_path / "a.pdf")
    drawer.draw(path, 1, 50)
    drawer._held[0].kill()
    drawer._held[0].exit_code()
    assert drawer.draw(path, 2, 50).pages == 3


def test_an_enormous_page_is_drawn_small(tmp_path: Path, drawer: PageDrawer) -> None:
    wide = drawer.draw(document(tmp_path / "a.pdf", pages=1, size=(14_000, 14_000)), 1, 9_000)
    width, height, _ = pixel(wide.png)
    assert width * height <= 12_100_000
    thin = document(tmp_path / "b.pdf", pages=1, size=(1, 4_000_000))
    with pytest.raises(BadInput, match="be drawn"):
        drawer.draw(thin, 1, 800)


def test_a_page_that_takes_too_much_is_given_up(tmp_path: Path) -> None:
    drawer = PageDrawer(Limits(memory_mb=1, cpu_seconds=20, wall_seconds=20))
    with pytest.raises(BadInput) as caught:
        drawer.draw(document(tmp_path / "a.pdf"), 1, 4000)
    assert caught.value.where == "a.pdf, page 1"
    drawer.close()
    drawer.close()


def test_a_drawer_that_is_forgotten_takes_its_child_along(tmp_path: Path) -> None:
    drawer = PageDrawer()
    drawer.draw(document(tmp_path / "a.pdf"), 1, 50)
    child = drawer._held[0]
    del drawer
    assert not child.alive
