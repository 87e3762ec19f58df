"""The diagram as a list: the same tables, domains, coverage and relationships, in rows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from caseload.gui import words
from caseload.gui.components.grid import GridView
from caseload.gui.components.gridmodel import Column, RowsModel
from caseload.model.erd import Diagram


@dataclass(frozen=True, slots=True)
class ListRow:
    """A table as the list shows it."""

    name: str
    domain: str
    fields: int
    approved: int
    decided: int
    links: int
    related: str
    description: str

    @property
    def covered(self) -> float:
        """The share of its fields that the contract uses or fills."""
        return (self.approved + self.decided) / self.fields if self.fields else 0.0


def _coverage(row: ListRow) -> str:
    return f"{row.approved:,} approved, {row.decided:,} decided of {row.fields:,}"


COLUMNS: tuple[Column[ListRow], ...] = (
    Column("name", "Table", lambda r: r.name, 150, "name"),
    Column("domain", "Domain", lambda r: r.domain, 140),
    Column("fields", "Fields", lambda r: words.number(r.fields), 62, "number"),
    Column("covered", "Used", _coverage, 86, "bar", value=lambda r: (r.covered, "accent")),
    Column("approved", "Approved", lambda r: words.number(r.approved), 80, "number"),
    Column("decided", "Decided", lambda r: words.number(r.decided), 74, "number"),
    Column("links", "Relationships", lambda r: words.number(r.links), 102, "number"),
    Column("related", "Related tables", lambda r: r.related, 150, "quiet", stretch=2),
    Column("description", "Description", lambda r: r.description, 110, "quiet", stretch=1),
)


def rows_of(diagram: Diagram) -> list[ListRow]:
    """Every table, with the tables it is most linked to."""
    beside: dict[str, Counter[str]] = {}
    for link in diagram.relationships:
        beside.setdefault(link.child, Counter())[link.parent] += 1
        if link.parent != link.child:
            beside.setdefault(link.parent, Counter())[link.child] += 1
    found = []
    for table in diagram.tables.values():
        near = beside.get(table.name, Counter())
        names = [name for name, _ in near.most_common(6)]
        more = f" and {len(near) - 6:,} more" if len(near) > 6 else ""
        found.append(
            ListRow(
                table.name,
                table.domain,
                len(table.columns),
                table.approved,
                table.decided,
                sum(near.values()),
                ", ".join(names) + more,
                table.description,
            )
        )
    return found


class ErdList(GridView):
    """The list; sorted by any column, filtered by the words of the search."""

    def __init__(self) -> None:
        self.list_model: RowsModel[ListRow] = RowsModel(COLUMNS, row_id=lambda r: r.name)
        super().__init__(self.list_model, name="Tables of the diagram")
        self._rows: list[ListRow] = []
        self._words: list[str] = []
        self._sort: tuple[str, bool] = ("domain", False)
        self.sort_wanted.connect(self._sort_by)
        self.set_sort("domain")

    def show_diagram(self, diagram: Diagram) -> None:
        """Show the tables of a diagram."""
        self._rows = rows_of(diagram)
        self._show()

    def search(self, text: str) -> None:
        """Keep the rows that have all words."""
        self._words = text.casefold().split()
        self._show()

    def _sort_by(self, key: str, descending: bool) -> None:
        self._sort = (key, descending)
        self._show()

    def _show(self) -> None:
        key, descending = self._sort
        kept = [row for row in self._rows if self._speaks(row)]
        kept.sort(key=lambda r: r.name)
        kept.sort(key=lambda r: getattr(r, key), reverse=descending)
        self.list_model.set_rows(kept)

    def _speaks(self, row: ListRow) -> bool:
        text = f"{row.name} {row.domain} {row.related} {row.description}".casefold()
        return all(word in text for word in self._words)
