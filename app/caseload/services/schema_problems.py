"""What could not be read or settled: in groups, each with the table it belongs to.

A person settles a problem by mending the catalog or by saying why it is none.  The second is
kept beside the corrections: it can be undone, and holds when the document is read again.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from caseload.model.catalog import Catalog, ReadProblem, Side
from caseload.model.correction import corrected, problem_key
from caseload.model.errors import BadInput
from caseload.model.schema_views import ProblemRow
from caseload.model.views import ChangeKind, ChangeSet
from caseload.services import mapping_view
from caseload.services.permission import Permission
from caseload.services.undo import undoable
from caseload.store.catalogs import fix_of
from caseload.store.records import Correction, utc_text

if TYPE_CHECKING:
    from caseload.services.session import ProjectSession

_KINDS: Sequence[tuple[str, re.Pattern[str]]] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        ("Corrections that wait", r"no longer have it|was renamed"),
        ("Documents that disagree", r" but .+ in |stands only in"),
        ("Names that come twice", r"second time|twice|already|same name"),
        ("Rows that are no field", r"is none|no field name|belongs to no table|cells where"),
        ("References that lead nowhere", r"foreign key|leads to|refers to"),
        ("Parts that were not read", r"not read|damaged|scan|picture|hidden|cannot be|no text"),
        ("About the file", r"macro|formula|link|encrypt"),
    )
)
_OTHER = "Worth a look"
KINDS = (*(kind for kind, _ in _KINDS), _OTHER)
"""The groups, in the order in which they are shown."""

_WORD = re.compile(r"[^\s\"'(),;:]+")


def problem_rows(session: ProjectSession, side: Side) -> tuple[ProblemRow, ...]:
    """Every problem of a side, those that a person settled too, by kind and place."""
    return session.cached(
        f"problems:{side.value}", mapping_view.token(session), lambda: _rows(session, side)
    )


def open_problems(session: ProjectSession, side: Side) -> tuple[ReadProblem, ...]:
    """The problems that nobody has settled."""
    return tuple(row.problem for row in problem_rows(session, side) if not row.settled_at)


def problem_counts(session: ProjectSession, side: Side) -> Mapping[tuple[str, str], int]:
    """Open problems by (table, field); the field is "" where only the table is known."""
    return Counter(
        (row.table, row.field)
        for row in problem_rows(session, side)
        if row.table and not row.settled_at
    )


def dismiss(session: ProjectSession, side: Side, keys: Sequence[str], why: str) -> ChangeSet:
    """Say that problems are none, and why; they stay on record.

    Raises:
        BadInput: no reason is given, or there is no such open problem.
    """
    if not why.strip():
        raise BadInput("Say why it is no problem", remedy="A few words are enough")
    rows = [r for r in problem_rows(session, side) if r.key in set(keys) and not r.settled_at]
    if not rows:
        raise BadInput("There is no such open problem", where=f"{side.value} catalog")
    said = rows[0].problem.message if len(rows) == 1 else f"{len(rows):,} problems"
    label = f"dismiss {said[:80]}"
    with undoable(
        session, Permission.EDIT_CATALOG, "schemas.dismiss", label, subject=said[:80]
    ) as command:
        command.detail["side"] = side.value
        for row in rows:
            session.project.catalogs.correct(
                Correction(
                    side,
                    "",
                    problem_key(row.problem),
                    {"message": row.problem.message},
                    command.actor,
                    why.strip(),
                    utc_text(command.at),
                )
            )
    many = f"{len(rows):,} problems" if len(rows) > 1 else "Problem"
    return ChangeSet(((ChangeKind.CATALOG, ()),), label, f"{many} dismissed")


def reopen(session: ProjectSession, side: Side, keys: Sequence[str]) -> ChangeSet:
    """Take dismissals back.

    Raises:
        BadInput: none of the problems was dismissed.
    """
    kept = {c.field_name for c in session.project.catalogs.corrections(side) if not c.table_name}
    found = list(dict.fromkeys(key for key in (k.partition("#")[0] for k in keys) if key in kept))
    if not found:
        raise BadInput("There is no such dismissed problem", where=f"{side.value} catalog")
    label = f"reopen {len(found):,} problem{'s' if len(found) > 1 else ''}"
    with undoable(
        session, Permission.EDIT_CATALOG, "schemas.reopen", label, subject=label
    ) as command:
        command.detail["side"] = side.value
        for key in found:
            session.project.catalogs.withdraw(side, "", key)
    return ChangeSet(((ChangeKind.CATALOG, ()),), label, label.capitalize())


def kind_of(message: str) -> str:
    """The group that a problem is shown in."""
    return next((kind for kind, pattern in _KINDS if pattern.search(message)), _OTHER)


def _rows(session: ProjectSession, side: Side) -> tuple[ProblemRow, ...]:
    kept = session.project.catalogs.corrections(side)
    settled = {c.field_name: c for c in kept if not c.table_name}
    fixes = [fix_of(c) for c in kept if c.table_name]
    every = corrected(mapping_view.catalog_as_read(session, side), fixes).problems
    places = _Places(mapping_view.catalog(session, side))
    rows: dict[str, ProblemRow] = {}
    for problem in every:
        key = _unique(problem_key(problem), rows)
        table, field = places.of(problem)
        by = settled.get(problem_key(problem))
        rows[key] = ProblemRow(
            key,
            kind_of(problem.message),
            problem,
            table,
            field,
            by.by if by else "",
            by.why if by else "",
            by.at if by else "",
        )
    return tuple(sorted(rows.values(), key=_order))


def _unique(key: str, rows: Mapping[str, ProblemRow]) -> str:
    """The same words of another place get a key of their own; one dismissal settles both."""
    number, name = 1, key
    while name in rows:
        number += 1
        name = f"{key}#{number}"
    return name


def _order(row: ProblemRow) -> tuple[object, ...]:
    place = row.problem.provenance
    top = place.box[1] if place.box else 0.0
    return (
        KINDS.index(row.kind),
        place.document,
        place.page or 0,
        place.sheet,
        place.row or 0,
        top,
    )


class _Places:
    """Finds the table that a problem is about: by name, else by where it stands."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._names = {name.casefold(): name for name in catalog.tables}
        starts: dict[tuple[str, str], list[tuple[tuple[int, float], str]]] = {}
        for spec in catalog.all_fields():
            place = spec.provenance
            top = place.box[1] if place.box else 0.0
            at = (place.page or place.row or 0, top)
            starts.setdefault((place.document, place.sheet), []).append((at, spec.table_name))
        self._starts = {key: sorted(found) for key, found in starts.items()}

    def of(self, problem: ReadProblem) -> tuple[str, str]:
        """Table and field, each "" when not known."""
        for word in _WORD.findall(problem.message):
            table, _, field = word.strip(".").partition(".")
            known = self._names.get(table.casefold())
            if known is None:
                continue
            spec = self._catalog.find(known, field) if field else None
            return known, spec.field_name if spec else ""
        return self._before(problem), ""

    def _before(self, problem: ReadProblem) -> str:
        place = problem.provenance
        at = place.page or place.row
        rows = self._starts.get((place.document, place.sheet), [])
        if not at or not rows:
            return ""
        top = place.box[1] if place.box else 0.0
        index = bisect_right(rows, ((at, top), "\U0010ffff")) - 1
        return rows[index][1] if index >= 0 else ""
