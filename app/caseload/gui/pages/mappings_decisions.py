"""What a person decides on mappings: the commands, and what is said when one is refused."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from caseload.gui import words
from caseload.gui.pages.base import Context
from caseload.gui.pages.mappings_inspector import RuleInspector
from caseload.gui.pages.mappings_parts import ReasonBar
from caseload.gui.pages.mappings_presenter import Ids, MappingsPresenter
from caseload.gui.work import explain, told
from caseload.model.contract import MappingClass
from caseload.model.views import ChangeSet


class Decisions(QObject):
    """Carries out decisions on a worker; `made` after each that went through.

    A class that needs a reason is asked for one in `reason` first.
    """

    made = Signal()

    def __init__(
        self, context: Context, presenter: MappingsPresenter, reason: ReasonBar, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._presenter = presenter
        self._reason = reason
        self._for_reason: Ids | None = None
        reason.given.connect(self._out_of_scope)

    def approve(self, ids: Ids | None) -> None:
        """Approve rules."""
        self._carry_out(self._presenter.approve, ids)

    def reject(self, ids: Ids | None) -> None:
        """Reject rules."""
        self._carry_out(self._presenter.reject, ids)

    def undo(self) -> None:
        """Take back the last change."""
        self._command(self._presenter.undo)

    def redo(self) -> None:
        """Do again what was taken back."""
        self._command(self._presenter.redo)

    def reclassify(self, kind: MappingClass, ids: Ids | None, count: int) -> None:
        """Give `count` rules another class."""
        if ids is None:
            return
        if kind is MappingClass.OUT_OF_SCOPE:
            self._for_reason = ids
            what = "is this field" if count == 1 else f"are {words.number(count)} fields"
            self._reason.ask(f"Why {what} out of scope?", "Put out of scope")
            return
        self._carry_out(lambda chosen: self._presenter.reclassify(chosen, kind), ids)

    def accept(self, inspector: RuleInspector, rule_id: int, rank: int) -> None:
        """Take a candidate; the inspector says in place why it cannot be taken."""

        def accepted(changes: ChangeSet) -> None:
            inspector.refused.hide()
            self._done(changes)

        def refused(error: BaseException) -> None:
            what, why, _details = explain(error)
            inspector.refuse_candidate(what, why)

        work = self._presenter.accept_candidate(rule_id, rank)
        self._context.jobs.command(work, accepted, refused)

    def set_expression(self, inspector: RuleInspector, rule_id: int, expression: str) -> None:
        """Change what runs; the inspector says in place why it cannot run.

        The rule's words were of the expression before, so the new one speaks for itself.
        """

        def saved(changes: ChangeSet) -> None:
            inspector.expression.accept(rule_id)
            self._done(changes)

        def refused(error: BaseException) -> None:
            what, why, _details = explain(error)
            inspector.expression.refuse(rule_id, what, why)

        changes = {"expression": expression, "mapping_rule": expression}
        self._context.jobs.command(self._presenter.set_rule(rule_id, changes), saved, refused)

    def _carry_out(self, make: Callable[[Ids], Callable[[], ChangeSet]], ids: Ids | None) -> None:
        if ids is not None:
            self._command(make(ids))

    def _command(self, work: Callable[[], ChangeSet]) -> None:
        self._context.jobs.command(work, self._done, self._refused)

    def _out_of_scope(self, reason: str) -> None:
        out = MappingClass.OUT_OF_SCOPE
        ids, self._for_reason = self._for_reason, None
        self._carry_out(lambda chosen: self._presenter.reclassify(chosen, out, reason), ids)

    def _done(self, changes: ChangeSet) -> None:
        self.made.emit()
        self._context.shell.changed(changes)

    def _refused(self, error: BaseException) -> None:
        self._context.shell.toast(told(error), "error")
