"""The page of a spec document where a field was read, with the field marked on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caseload.model.catalog import FieldSpec
from caseload.model.views import PagePicture
from caseload.specs.page_picture import DrawnPage

if TYPE_CHECKING:
    from caseload.services.session import ProjectSession

KEPT = 16
"""How many drawn pages a session keeps."""


def picture(session: ProjectSession, spec: FieldSpec, width_px: int) -> PagePicture | None:
    """The page of a field's document; None when it was not read from a PDF that is there.

    Raises:
        BadInput: the document cannot be drawn.
    """
    place = spec.provenance
    document = next(
        (d for d in reversed(session.project.documents.all()) if d.name == place.document), None
    )
    if document is None or place.page is None:
        return None
    path = session.folder / document.stored_path
    if path.suffix.lower() != ".pdf" or not path.is_file():
        return None
    key = (document.sha256, place.page, width_px)
    drawn = session.drawn_pages.get(key)
    if drawn is None:
        drawn = session.page_drawer.draw(path, place.page, width_px)
        while len(session.drawn_pages) >= KEPT:
            session.drawn_pages.pop(next(iter(session.drawn_pages)), None)
        session.drawn_pages[key] = drawn
    return PagePicture(drawn.png, _fraction(place.box, drawn), place.page, drawn.pages)


def _fraction(
    box: tuple[float, float, float, float] | None, drawn: DrawnPage
) -> tuple[float, float, float, float] | None:
    if box is None or not (drawn.width and drawn.height):
        return None
    left, top, right, bottom = box
    return (
        left / drawn.width,
        top / drawn.height,
        right / drawn.width,
        bottom / drawn.height,
    )
