"""Beside the diagram: the chosen table with its relationships, the chosen domain, all domains."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from caseload.gui import words
from caseload.gui.components.bars import CoverageBar
from caseload.gui.components.button import Button
from caseload.gui.components.card import Rule
from caseload.gui.components.fields import Select
from caseload.gui.components.inspector import Facts, InspectorBody
from caseload.gui.components.label import Label, Link
from caseload.gui.components.segmented import Segmented
from caseload.gui.components.states import Icon
from caseload.gui.erd import telling
from caseload.gui.erd.rowlist import Row, RowList
from caseload.gui.words import tip
from caseload.model.erd import Diagram, ErdDomain, ErdTable
from caseload.model.relationship import Cardinality, RelationshipRow

_CARDINALITIES = (
    (Cardinality.ONE_TO_MANY.value, "Many to one"),
    (Cardinality.OPTIONAL_TO_MANY.value, "Many to one, optional"),
    (Cardinality.ONE_TO_ONE.value, "One to one"),
    (Cardinality.OPTIONAL_TO_ONE.value, "One to one, optional"),
)


class EvidenceList(QWidget):
    """What speaks for a relationship, ticked, and what against it, crossed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(5)

    def set_evidence(self, evidence: Sequence[tuple[bool, str]]) -> None:
        """Show other evidence."""
        while self._rows.count():
            item = self._rows.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for passed, said in evidence:
            line = QWidget()
            row = QHBoxLayout(line)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(8)
            sign = Icon("check" if passed else "triangle-alert", 16, "ok" if passed else "warn")
            row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
            row.addWidget(Label(said, "caption", "text_2", wrap=True), 1)
            line.setAccessibleName(f"{'For' if passed else 'Against'}: {said}")
            self._rows.addWidget(line)


class ErdInspector(InspectorBody):
    """One panel for whatever is chosen.

    `table_wanted` another table, `link_chosen` a relationship's id, `judged` (id, "confirm",
    "reject" or "withdraw"), `drawn` (table, field, table, field, cardinality), `focus_wanted`
    hops (0 leaves), `domain_wanted` a domain, `domain_opened` to come closer, `folded` to fold or
    unfold it, `menu_pressed` the button to open its menu at, `schemas_wanted` a table.
    """

    table_wanted = Signal(str)
    link_chosen = Signal(str)
    judged = Signal(str, str)
    drawn = Signal(str, str, str, str, str)
    focus_wanted = Signal(int)
    domain_wanted = Signal(str)
    domain_opened = Signal(str)
    folded = Signal(str)
    menu_pressed = Signal(object)
    schemas_wanted = Signal(str)
    list_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._diagram: Diagram | None = None
        self._table: ErdTable | None = None
        self._domain = ""
        self._links: dict[str, RelationshipRow] = {}
        self._told: RelationshipRow | None = None
        self._pair: tuple[str, str] = ("", "")
        self._writable = True
        self._build_coverage()
        self._build_actions()
        self._build_drawing()
        self.facts = Facts()
        self.evidence = EvidenceList()
        told = QVBoxLayout()
        told.setSpacing(10)
        told.addWidget(self.facts)
        told.addWidget(self.evidence)
        self._facts_box = self.add_section(told, "Relationship")
        self.links = RowList("Relationships", high=46)
        self._links_box, self._links_sub = self._add_list(self.links, "Relationships", "As list")
        self.columns = RowList("Fields", high=26)
        self._columns_box, self._columns_sub = self._add_list(self.columns, "Fields", "In Schemas")
        self.domains = RowList("Domains", high=30)
        self._domains_box, self._domains_sub = self._add_list(self.domains, "Domains", "As list")
        self._build_foot()
        self.links.chosen.connect(self._choose_link)
        self.links.opened.connect(self._go_along)
        self.domains.chosen.connect(self.domain_wanted)
        self.domains.opened.connect(self.domain_opened)

    # Parts

    def _build_coverage(self) -> None:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self._bar = CoverageBar(height=6)
        self._counts = Label("", "caption", "text_2")
        column.addWidget(self._bar)
        column.addWidget(self._counts)
        self.add_section(box, ruled=False)

    def _build_actions(self) -> None:
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.hops = Segmented(
            [("0", "Whole"), ("1", "One hop"), ("2", "Two hops")], name="Focus", small=True
        )
        self.open_button = Button("Open domain", icon="maximize", small=True)
        self.fold_button = Button("Fold", icon="minus", small=True)
        self.more_button = Button("", icon="ellipsis", small=True, name="More")
        for widget in (self.hops, self.open_button, self.fold_button):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.more_button)
        self._actions = self.add_section(box, ruled=False)
        self.hops.chosen.connect(self._choose_hops)
        self.open_button.clicked.connect(self._open_domain)
        self.fold_button.clicked.connect(self._fold)
        self.more_button.clicked.connect(self._more)

    def _build_drawing(self) -> None:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self.child_field = Select([], name="Field that points")
        self.parent_field = Select([], name="Field pointed at")
        self.cardinality = Select(_CARDINALITIES, name="Cardinality")
        self._from = Label("", "caption", "text_3")
        self._to = Label("", "caption", "text_3")
        self.draw_button = Button("Draw relationship", icon="plus", small=True)
        for widget in (self._from, self.child_field, self._to, self.parent_field):
            column.addWidget(widget)
        column.addWidget(self.cardinality)
        column.addWidget(self.draw_button)
        self._drawing = self.add_section(box, "Draw a relationship")
        self.draw_button.clicked.connect(self._draw)

    def _build_foot(self) -> None:
        self.confirm_button = Button("Confirm", "primary", icon="check")
        self.reject_button = Button("Reject", icon="x")
        self.schemas_button = Button("", icon="table-properties", name="Show in Schemas")
        self.add_to_foot(self.confirm_button)
        self.add_to_foot(self.reject_button)
        self.add_to_foot(self.schemas_button, right=True)
        self.confirm_button.clicked.connect(self._confirm)
        self.reject_button.clicked.connect(self._reject)
        self.schemas_button.clicked.connect(self._to_schemas)

    def _add_list(self, rows: RowList, title: str, link: str) -> tuple[QWidget, Label]:
        """A section whose rows reach from edge to edge."""
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(Rule())
        head = QHBoxLayout()
        head.setContentsMargins(16, 8, 16, 8)
        head.setSpacing(8)
        said = Label("", "caption", "text_3")
        head.addWidget(Label(title, weight=600))
        head.addWidget(said, 1)
        other = Link(link, style="caption")
        other.clicked.connect(self._to_schemas if link == "In Schemas" else self.list_wanted)
        head.addWidget(other)
        column.addLayout(head)
        column.addWidget(Rule())
        column.addWidget(rows)
        self._column.insertWidget(self._end, box)
        self._end += 1
        return box, said

    def set_writable(self, *, on: bool) -> None:
        """Offer decisions, or not where nothing can be written."""
        self._writable = on

    # Showing

    def show_table(self, diagram: Diagram, table: ErdTable, hops: int, link: str = "") -> None:
        """Show one table; `link` is the relationship chosen among its own."""
        self._diagram, self._table, self._domain = diagram, table, table.domain
        self.set_title(table.name, telling.table_sub(diagram, table))
        self._cover(table.approved, table.decided, len(table.columns))
        links = diagram.links_of(table.name)
        self._links = {row.id: row for row in links}
        self.links.set_rows([self._link_row(row, table.name) for row in links], link)
        self._links_sub.setText(f"{len(links):,}, by evidence" if links else "none known")
        self.columns.set_rows(
            [
                Row(
                    c.name,
                    c.name,
                    number=c.form.rpartition(" ")[2],
                    coverage=None,
                    icon=telling.PART_ICONS[c.part],
                    quiet=not c.used,
                )
                for c in table.columns
            ]
        )
        used = sum(c.used for c in table.columns)
        self._columns_sub.setText(f"{len(table.columns):,}, {used:,} used")
        self.hops.set_choice(str(hops))
        self._show(links=True, columns=True, hops=True)
        self._show_facts()

    def _link_row(self, row: RelationshipRow, table: str) -> Row:
        other = telling.other_end(row, table)
        under = telling.by_words(row, table)
        return Row(row.id, other, under, telling.link_pill(row))

    def show_several(self, diagram: Diagram, tables: Sequence[ErdTable]) -> None:
        """Show that several tables are chosen; of two, what a relationship between them takes."""
        self._diagram, self._table, self._domain = diagram, None, ""
        names = ", ".join(t.name for t in tables[:4]) + ("…" if len(tables) > 4 else "")
        self.set_title(f"{len(tables)} tables", names)
        self._cover(
            sum(t.approved for t in tables),
            sum(t.decided for t in tables),
            sum(len(t.columns) for t in tables),
        )
        drawing = len(tables) == 2 and self._writable
        if drawing:
            child, parent = tables
            self._pair = (child.name, parent.name)
            self._from.setText(f"Field of {child.name} that points")
            self._to.setText(f"Field of {parent.name} pointed at")
            self.child_field.set_choices(
                [(c.name, c.name) for c in (*child.keys(), *child.columns)]
            )
            self.parent_field.set_choices([(c.name, c.name) for c in parent.columns])
        self._show(drawing=drawing)

    def show_domain(self, diagram: Diagram, name: str, *, folded: bool) -> None:
        """Show a domain, or all of them where `name` is empty."""
        self._diagram, self._table, self._domain = diagram, None, name
        domain = next((d for d in diagram.domains if d.name == name), None)
        self._show_domains(diagram, domain)
        self.fold_button.set_words("Unfold" if folded else "Fold")
        self._show(domain=domain is not None, domains=True)

    def _show_domains(self, diagram: Diagram, domain: ErdDomain | None) -> None:
        domains = sorted(diagram.domains, key=lambda d: (-len(d.tables), d.name))
        tables, fields = len(diagram.tables), diagram.fields
        approved = sum(d.approved for d in domains)
        decided = sum(d.decided for d in domains)
        if domain is None:
            side = telling.SIDES[diagram.side]
            said = f"{words.plural(tables, 'table')}, {words.plural(fields, 'field')}"
            self.set_title(f"{side} system", said)
            self._cover(approved, decided, fields)
        else:
            said = f"Domain, {words.plural(len(domain.tables), 'table')}"
            self.set_title(domain.name, f"{said}, {words.plural(domain.fields, 'field')}")
            self._cover(domain.approved, domain.decided, domain.fields)
        rows = [
            Row(
                d.name,
                d.name,
                number=words.number(len(d.tables)),
                coverage=(d.approved / max(1, d.fields), d.decided / max(1, d.fields)),
            )
            for d in domains
        ]
        self.domains.set_rows(rows, domain.name if domain else "")
        self._domains_sub.setText(f"{len(domains)}, by tables")

    def _cover(self, approved: int, decided: int, fields: int) -> None:
        self._bar.set_counts(approved, decided, fields)
        self._counts.setText(telling.counts(approved, decided, fields - approved - decided))

    def _show(
        self,
        *,
        links: bool = False,
        columns: bool = False,
        hops: bool = False,
        drawing: bool = False,
        domain: bool = False,
        domains: bool = False,
    ) -> None:
        self._links_box.setVisible(links)
        self._facts_box.hide()
        self._columns_box.setVisible(columns)
        self._domains_box.setVisible(domains)
        self._drawing.setVisible(drawing)
        self.hops.setVisible(hops)
        self.open_button.setVisible(domain)
        self.fold_button.setVisible(domain)
        self._actions.setVisible(hops or domain or drawing or (not domains))
        self.foot.setVisible(columns)

    def _show_facts(self) -> None:
        row = self._links.get(self.links.key)
        self._facts_box.setVisible(row is not None)
        for button in (self.confirm_button, self.reject_button):
            button.setEnabled(row is not None and self._writable)
            button.setToolTip(tip("" if row is not None else "Choose a relationship first"))
        if row is not None and row != self._told:
            self._told = row
            self.facts.set_facts([(name, said) for name, said, _ in telling.link_facts(row)])
            self.evidence.set_evidence(telling.evidence_words(row))

    # Doing

    @property
    def link(self) -> str:
        """The chosen relationship's id, or ""."""
        return self.links.key

    def choose_link(self, link: str) -> None:
        """Choose a relationship among those of the table on show."""
        self.links.set_key(link)
        self._choose_link(link)

    def _choose_link(self, link: str) -> None:
        self._show_facts()
        self.link_chosen.emit(link)

    def _go_along(self, link: str) -> None:
        row = self._links.get(link)
        if row is not None and self._table is not None:
            self.table_wanted.emit(telling.other_end(row, self._table.name))

    def _choose_hops(self, key: str) -> None:
        self.focus_wanted.emit(int(key))

    def _open_domain(self) -> None:
        self.domain_opened.emit(self._domain)

    def _fold(self) -> None:
        self.folded.emit(self._domain)

    def _more(self) -> None:
        self.menu_pressed.emit(self.more_button)

    def _draw(self) -> None:
        child, parent = self._pair
        ends = (child, self.child_field.choice, parent, self.parent_field.choice)
        self.drawn.emit(*ends, self.cardinality.choice)

    def _confirm(self) -> None:
        self.judged.emit(self.link, "confirm")

    def _reject(self) -> None:
        self.judged.emit(self.link, "reject")

    def _to_schemas(self) -> None:
        if self._table is not None:
            self.schemas_wanted.emit(self._table.name)
