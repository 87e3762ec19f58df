"""Expressions and raw text in a sunken well, in the mono font, coloured by what they are."""

from __future__ import annotations

import re

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QSyntaxHighlighter,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QTextEdit, QVBoxLayout, QWidget

from caseload.gui import paint
from caseload.gui.components.scroll import thin
from caseload.gui.theme import current, themes
from caseload.gui.words import tip

_WORDS = "case|when|then|else|end|and|or|not|is|null|in|between|as"
_TOKENS = (
    ("comment", re.compile(r"--[^\n]*")),
    ("string", re.compile(r"'(?:[^']|'')*'")),
    ("column", re.compile(r"\b[A-Za-z_]\w*\.[A-Za-z_]\w*\b")),
    ("function", re.compile(rf"\b(?:{_WORDS})\b", re.IGNORECASE)),
    ("function", re.compile(r"\b[a-z_]\w*(?=\s*\()", re.IGNORECASE)),
    ("number", re.compile(r"\b\d+(?:\.\d+)?\b")),
)


class ExpressionColours(QSyntaxHighlighter):
    """Functions, texts, numbers and columns of the expression language."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        themes().changed.connect(self.rehighlight)

    def highlightBlock(self, text: str) -> None:
        """Colour one line; what comes first in the list of kinds wins."""
        taken = bytearray(len(text))
        theme = current()
        for kind, pattern in _TOKENS:
            for match in pattern.finditer(text):
                start, end = match.span()
                if any(taken[start:end]):
                    continue
                taken[start:end] = b"\x01" * (end - start)
                style = QTextCharFormat()
                style.setForeground(theme.colour(f"syntax.{kind}"))
                self.setFormat(start, end - start, style)


class _Editor(QTextEdit):
    """The text itself: plain, with the line height of the tokens."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._well = parent
        thin(self)
        self.setAcceptRichText(False)
        self.setFont(current().font("code"))
        self.setTabChangesFocus(True)
        self.document().setDocumentMargin(0)
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
        self.setPalette(palette)
        self.viewport().setAutoFillBackground(False)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Let the well show the focus."""
        super().focusInEvent(event)
        self._well.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Let the well lose the focus."""
        super().focusOutEvent(event)
        self._well.update()


class CodeWell(QWidget):
    """A well for code; `expression` colours the expression language.

    `changed` tells that the person edited; `code` is the plain text.
    """

    changed = Signal()

    def __init__(
        self,
        *,
        read_only: bool = False,
        expression: bool = False,
        name: str = "Code",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.edit = _Editor(self)
        self.edit.setReadOnly(read_only)
        self.edit.setAccessibleName(name)
        self.setFocusProxy(self.edit)
        box = QVBoxLayout(self)
        box.setContentsMargins(10, 7, 4, 7)
        box.addWidget(self.edit)
        self._colours = ExpressionColours(self.edit.document()) if expression else None
        self._invalid = False
        self.edit.textChanged.connect(self._tell)

    @property
    def code(self) -> str:
        """What is in the well."""
        return self.edit.toPlainText()

    def set_code(self, code: str) -> None:
        """Show other code without telling anyone."""
        self.edit.blockSignals(True)
        self.edit.setPlainText(code)
        line = QTextBlockFormat()
        height = float(current().line("code"))
        line.setLineHeight(height, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        cursor = QTextCursor(self.edit.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.mergeBlockFormat(line)
        self.edit.document().setModified(False)
        self.edit.blockSignals(False)

    def set_problem(self, why: str) -> None:
        """Mark the code as wrong with its reason; "" clears."""
        self._invalid = bool(why)
        self.setToolTip(tip(why))
        self.edit.setAccessibleDescription(why)
        self.update()

    def fit(self, least: int = 2, most: int = 10) -> None:
        """Take the height of what is shown, between `least` and `most` lines."""
        lines = min(most, max(least, self.edit.document().blockCount()))
        self.setFixedHeight(lines * current().line("code") + 16)

    def _tell(self) -> None:
        self.changed.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the well."""
        theme = current()
        edge, width = theme.colour("border_strong"), 1.0
        if self._invalid:
            edge, width = theme.kind("error").solid, 2.0
        elif self.edit.hasFocus() and not self.edit.isReadOnly():
            edge, width = theme.colour("focus_ring"), 2.0
        fill = theme.colour("sunken")
        paint.box(QPainter(self), QRectF(self.rect()), theme.radius(), fill, edge, width)
