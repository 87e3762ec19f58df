"""The inspector of one mapping: what fills the field, what else could, and what was decided."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from caseload.gui.components.button import Button
from caseload.gui.components.candidate import CandidateList
from caseload.gui.components.inspector import Facts, InspectorBody
from caseload.gui.components.label import Label, Link
from caseload.gui.components.notice import InlineBar
from caseload.gui.components.pill import STATUS_PILLS
from caseload.gui.pages.mappings_expression import ExpressionEditor
from caseload.gui.pages.mappings_facts import notice_of, rule_facts, target_facts
from caseload.gui.pages.mappings_parts import ClassMenu, FlowStrip, HistoryList
from caseload.gui.pages.mappings_words import (
    candidate_note,
    chosen_candidate,
    expression_of,
    flow,
    guide_place,
)
from caseload.model.contract import MappingStatus
from caseload.model.mapping import Candidate
from caseload.model.views import MappingDetail, MappingRow


class RuleInspector(InspectorBody):
    """One mapping.  What is decided in it is told; the page carries it out.

    `approved`, `rejected` without words, `class_picked` a class, `accepted` the rank of a
    candidate from 1, `place_wanted` the target's FieldSpec.
    """

    approved = Signal()
    rejected = Signal()
    class_picked = Signal(object)
    accepted = Signal(int)
    place_wanted = Signal(object)

    def __init__(self, *, writable: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._writable = writable
        self.row: MappingRow | None = None
        self.detail: MappingDetail | None = None
        self._begin_writing = False
        self._place = Link("", style="caption", weight=500, icon="file-text")
        self._place.clicked.connect(self._open_place)
        self.add_beside_sub(self._place)
        self.notice = InlineBar()
        self._notice_box = self.add_section(self.notice, ruled=False)
        self.flow = FlowStrip()
        self.words = Label("", tone="text_2", wrap=True, selectable=True)
        way = QVBoxLayout()
        way.setContentsMargins(0, 2, 0, 0)
        way.setSpacing(10)
        way.addWidget(self.flow)
        way.addWidget(self.words)
        self._parts = [self.add_section(way)]
        self._parts.append(self._candidates())
        self.expression = ExpressionEditor(writable=self._writable)
        self._parts.append(self.add_section(self.expression))
        self.rule_facts = Facts()
        self._parts.append(self.add_section(self.rule_facts, "Rule"))
        self._parts.append(self._guide())
        self.history = HistoryList()
        self._history_box = self.add_section(self.history, "History")
        self._foot()

    def _candidates(self) -> QWidget:
        head = QHBoxLayout()
        head.setSpacing(8)
        self._ranked = Label("", "caption", "text_3")
        head.addWidget(Label("Candidates", weight=600))
        head.addWidget(self._ranked, 1)
        self._key_hint = Label("", "caption", "text_3")
        head.addWidget(self._key_hint)
        self.candidates = CandidateList()
        self.candidates.chosen.connect(self._chosen)
        self.refused = InlineBar("", "", "error")
        self.refused.hide()
        self._shown: tuple[tuple[Candidate, ...], int] = ((), -2)
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.candidates)
        column.addWidget(self.refused)
        return self.add_section(column)

    def _guide(self) -> QWidget:
        self.guide = Label("", wrap=True, selectable=True)
        self.target_facts = Facts()
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(self.guide)
        column.addWidget(self.target_facts)
        return self.add_section(column, "What the guide says")

    def _foot(self) -> None:
        self.approve = Button("Approve", "primary", icon="circle-check", small=True)
        self.reject = Button("Reject", icon="circle-x", small=True)
        self.reclassify = Button("Reclassify", icon="arrow-left-right", small=True)
        menu = ClassMenu(self.reclassify)
        menu.picked.connect(self.class_picked)
        self.reclassify.setMenu(menu)
        self.reclassify.setEnabled(self._writable)
        self.approve.clicked.connect(self.approved)
        self.reject.clicked.connect(self.rejected)
        self.approve.setToolTip("Approve (A)")
        self.reject.setToolTip("Reject (R)")
        self.add_to_foot(self.approve)
        self.add_to_foot(self.reject)
        self.add_to_foot(self.reclassify, right=True)

    # What is shown

    def show_row(self, row: MappingRow) -> None:
        """Show what is known at once, while the rest is read."""
        other = self.row is None or row.rule_id != self.row.rule_id
        self.row = row
        need = "mandatory" if row.mandatory else "optional"
        if other:
            sub = f"{row.rule.target_table}, {need}"
            self.set_title(row.rule.target_field, sub, STATUS_PILLS[row.rule.status])
            self.detail = None
            self._begin_writing = False
            self.refused.hide()
            self._place.hide()
        else:
            self._pill.set_spec(STATUS_PILLS[row.rule.status])
        said = notice_of(row, self.detail.doubts if self.detail else ())
        self._notice_box.setVisible(said is not None)
        if said is not None:
            lead, why, kind, icon = said
            self.notice.say(lead, why, kind, icon=icon)
        status, may = row.rule.status, self._writable
        self.approve.setEnabled(may and status is not MappingStatus.APPROVED)
        self.reject.setEnabled(may and status is not MappingStatus.REJECTED)

    def show_detail(self, detail: MappingDetail) -> None:
        """Show the whole, unless another mapping was chosen meanwhile."""
        row = detail.row
        if self.row is None or row.rule_id != self.row.rule_id:
            return
        self.detail = detail
        self.show_row(row)
        rule = row.rule
        place = guide_place(detail.target)
        self._place.setText(place)
        self._place.setAccessibleName(f"Show {place} in Schemas")
        self._place.setVisible(bool(place))
        self._place.updateGeometry()
        self.flow.set_boxes(flow(detail))
        self.words.setText(rule.mapping_rule)
        self.words.setVisible(bool(rule.mapping_rule))
        self._show_candidates(detail)
        self.expression.show_rule(row.rule_id, expression_of(rule))
        self.rule_facts.set_facts(rule_facts(detail), mono=frozenset({"Crosswalk", "Default"}))
        self.guide.setText(detail.guide_words)
        self.guide.setVisible(bool(detail.guide_words))
        self.target_facts.set_facts(target_facts(detail.target))
        self.history.set_lines(detail.history)
        if self._begin_writing:
            self.write()
        self._history_box.setVisible(bool(detail.history))

    def _show_candidates(self, detail: MappingDetail) -> None:
        found = detail.candidates
        chosen = chosen_candidate(detail.row.rule, found)
        many = len(found)
        self._ranked.setText(f"{many} ranked" if found else "None: no field of the source is near")
        self._key_hint.setText(f"keys 1–{many} choose" if many > 1 and self._writable else "")
        if (found, chosen) != self._shown:
            self.candidates.set_candidates(found, chosen, [candidate_note(c) for c in found])
            self._shown = (found, chosen)
        self.candidates.setVisible(bool(found))
        self.candidates.setEnabled(self._writable)

    def write(self) -> None:
        """Let the person write the expression, as soon as it has been read."""
        self._begin_writing = self.detail is None
        if self.detail is not None:
            self.expression.begin()

    def refuse_candidate(self, what: str, why: str) -> None:
        """Say why a candidate cannot be taken; the one in the rule stays chosen."""
        self.refused.say(f"{what.rstrip('.')}.", why)
        self.refused.show()
        self._shown = ((), -2)
        if self.detail is not None:
            self._show_candidates(self.detail)

    # What is decided

    def _chosen(self, candidate: Candidate) -> None:
        found = self.detail.candidates if self.detail is not None else ()
        rank = next((i for i, c in enumerate(found, 1) if c is candidate or c == candidate), 0)
        if rank and rank - 1 != self._shown[1]:
            self.accepted.emit(rank)

    def _open_place(self) -> None:
        if self.detail is not None:
            self.place_wanted.emit(self.detail.target)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)
