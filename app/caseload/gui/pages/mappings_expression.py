"""The expression of a mapping: read, written, and told in place why it cannot run."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from caseload.gui.components.button import Button
from caseload.gui.components.code import CodeWell
from caseload.gui.components.label import Label, Link
from caseload.gui.components.notice import InlineBar
from caseload.gui.pages.mappings_words import flat, laid_out
from caseload.gui.theme import current

_MOST_LINES = 12
_LEAST_WRITING = 4


class ExpressionEditor(QWidget):
    """What runs; `saved` gives the rule and what the person wrote.

    What is typed and not saved is kept for each rule until it is saved or given up.
    """

    saved = Signal(int, str)

    def __init__(self, *, writable: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._writable = writable
        self._rule = -1
        self._stands = ""
        self._drafts: dict[int, str] = {}
        self._edit = Link("Edit")
        self.well = CodeWell(read_only=True, expression=True, name="Expression")
        self.well.edit.setPlaceholderText("No expression")
        self.problem = InlineBar("", "", "error")
        self.save = Button("Save expression", "primary", small=True)
        cancel = Button("Cancel", small=True)
        self._hint = Label("Ctrl+Enter saves, Esc cancels", "caption", "text_3")
        head = QHBoxLayout()
        head.addWidget(Label("Expression", weight=600), 1)
        head.addWidget(self._edit)
        self._buttons = QWidget()
        row = QHBoxLayout(self._buttons)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.save)
        row.addWidget(cancel)
        row.addWidget(self._hint, 1, Qt.AlignmentFlag.AlignRight)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        for widget in (self.well, self.problem, self._buttons):
            column.addWidget(widget)
        self._edit.clicked.connect(self.begin)
        self.save.clicked.connect(self._save)
        cancel.clicked.connect(self.give_up)
        self.well.changed.connect(self._typed)
        self.well.edit.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._keys = [self._bind("Ctrl+Return", self._save), self._bind("Esc", self.give_up)]
        self._show_mode(editing=False)

    def _bind(self, keys: str, slot: object) -> QShortcut:
        where = Qt.ShortcutContext.WidgetWithChildrenShortcut
        shortcut = QShortcut(QKeySequence(keys), self, context=where)
        shortcut.activated.connect(slot)
        return shortcut

    @property
    def editing(self) -> bool:
        """True while a person writes."""
        return not self.well.edit.isReadOnly()

    def show_rule(self, rule_id: int, expression: str) -> None:
        """Show a rule's expression, or what was being written for it."""
        if rule_id == self._rule and self.editing:
            self._stands = expression
            return
        self._rule, self._stands = rule_id, expression
        draft = self._drafts.get(rule_id)
        self.well.set_code(laid_out(expression) if draft is None else draft)
        self._show_mode(editing=draft is not None)
        self._fit()

    def begin(self) -> None:
        """Let the person write, if that can be kept."""
        if not self._writable:
            return
        self._show_mode(editing=True)
        self.well.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        self.well.edit.selectAll()

    def give_up(self) -> None:
        """Show what stands again."""
        self._drafts.pop(self._rule, None)
        self.well.set_code(laid_out(self._stands))
        self._show_mode(editing=False)

    def accept(self, rule_id: int) -> None:
        """What was written has been saved."""
        self._drafts.pop(rule_id, None)
        if rule_id == self._rule:
            self._show_mode(editing=False)

    def refuse(self, rule_id: int, what: str, why: str) -> None:
        """Say why what was written cannot be saved; nothing changed."""
        if rule_id != self._rule or not self.editing:
            return
        self.problem.say(f"{what.rstrip('.')}.", why)
        self.problem.show()
        self.well.set_problem(f"{what.rstrip('.')}. {why}".strip())
        self.well.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _save(self) -> None:
        if self.editing:
            self.saved.emit(self._rule, flat(self.well.code))

    def _typed(self) -> None:
        if self.editing:
            self._drafts[self._rule] = self.well.code
            self._clear_problem()

    def _clear_problem(self) -> None:
        self.problem.hide()
        self.well.set_problem("")

    def _show_mode(self, *, editing: bool) -> None:
        self.well.edit.setReadOnly(not editing)
        self._buttons.setVisible(editing)
        self._edit.setVisible(self._writable and not editing)
        self._edit.setText("Edit" if self._stands else "Write one")
        self._edit.updateGeometry()
        for key in self._keys:
            key.setEnabled(editing)
        self._clear_problem()
        self._fit()
        self.well.update()

    def _fit(self, _size: object = None) -> None:
        line = current().line("code")
        lines = round(self.well.edit.document().size().height() / line)
        least = _LEAST_WRITING if self.editing else 1
        self.well.setFixedHeight(min(_MOST_LINES, max(least, lines)) * line + 16)
