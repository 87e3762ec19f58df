"""The documents of the project as a menu, and what can be done with each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from PySide6.QtWidgets import QWidget

from caseload.gui import words
from caseload.gui.components.menu import Menu
from caseload.model.catalog import Side
from caseload.model.schema_views import SpecDocument

Act = Callable[[SpecDocument], None]
_NAMES = {Side.SOURCE: "Source", Side.TARGET: "Target"}
_READERS = {
    "pdf": "PDF", "xlsx": "Excel workbook", "xls": "old Excel workbook", "ods": "ODF workbook",
    "csv": "delimited text", "docx": "Word document", "sql": "SQL definitions",
    "json": "JSON schema",
}  # fmt: skip


def documents_menu(
    parent: QWidget,
    documents: Sequence[SpecDocument],
    *,
    writable: bool,
    open_: Act,
    assign: Act,
    replace: Act,
    read_again: Callable[[], None],
    take_in: Callable[[], None],
) -> Menu:
    """Every document with how, when and by whom it was taken in; then reading and taking in."""
    menu = Menu(parent=parent)
    for document in documents:
        name = document.name.replace("&", "&&")
        sub = Menu(f"{_NAMES[document.side]}: {name}", parent=menu)
        menu.addMenu(sub)
        for line in facts_of(document):
            sub.addAction(line).setEnabled(False)
        sub.addSeparator()
        sub.addAction("Open").triggered.connect(partial(_call, open_, document))
        for said, act in (("Assign columns \u2026", assign), ("Replace with a new version \u2026",
                                                             replace)):  # fmt: skip
            action = sub.addAction(said)
            action.setEnabled(writable)
            action.triggered.connect(partial(_call, act, document))
    if documents:
        menu.addSeparator()
    for said, plain in (("Take in documents \u2026", take_in), ("Read all again", read_again)):
        action = menu.addAction(said)
        action.setEnabled(writable)
        action.triggered.connect(lambda _on=False, plain=plain: plain())
    menu.aboutToHide.connect(menu.deleteLater)
    return menu


def _call(act: Act, document: SpecDocument, _on: bool = False) -> None:
    act(document)


def facts_of(document: SpecDocument) -> tuple[str, ...]:
    """A document in a few lines: its kind, size, profile, when and by whom, and its hash."""
    kind = _READERS.get(document.reader, document.reader or "not read yet")
    when = words.moment(datetime.fromisoformat(document.added_at)) if document.added_at else ""
    lines = [f"{kind[:1].upper()}{kind[1:]}, {words.size(document.size)}"]
    if document.profile:
        lines.append(document.profile)
    lines.append(f"Taken in {when} by {document.added_by}")
    lines.append(f"SHA-256 {document.sha256[:12]}\u2026")
    return tuple(lines)
