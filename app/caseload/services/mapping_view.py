"""The mapping grid's rows, put together from rules, catalog and suggestions.

A contract has some hundreds to thousands of rules: all rows are kept in memory, made anew when
the audit says that something happened, and filtered there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from caseload.model.catalog import Catalog, FieldSpec, Side
from caseload.model.contract import MappingClass, MappingStatus, Rule
from caseload.model.correction import corrected
from caseload.model.errors import BadInput
from caseload.model.mapping import Suggestion
from caseload.model.stage import Stage
from caseload.model.views import MappingQuery, MappingRow
from caseload.store.catalogs import fix_of
from caseload.store.records import RuleRecord

if TYPE_CHECKING:
    from caseload.services.session import ProjectSession

_NEEDS_SOURCE = frozenset(
    {
        MappingClass.DIRECT_SOURCE,
        MappingClass.LOOKUP_TRANSLATION,
        MappingClass.REFERENCE_MASTER_FEED,
    }
)

_SORTS: dict[str, Callable[[MappingRow], Any]] = {
    "position": lambda r: r.position,
    "target_table": lambda r: r.rule.target_table,
    "target_field": lambda r: r.rule.target_field,
    "mapping_class": lambda r: list(MappingClass).index(r.rule.mapping_class),
    "source_table": lambda r: r.rule.source_table,
    "source_field": lambda r: r.rule.source_field,
    "source": lambda r: (r.rule.source_table, r.rule.source_field),
    "mapping_rule": lambda r: r.rule.mapping_rule,
    "confidence": lambda r: ("LOW", "MEDIUM", "HIGH").index(r.rule.confidence.value),
    "status": lambda r: list(MappingStatus).index(r.rule.status),
    "crosswalk": lambda r: r.rule.crosswalk,
    "edited_by": lambda r: r.rule.edited_by,
    "approved_by": lambda r: r.rule.approved_by,
    "approved_at": lambda r: r.rule.approved_at,
    "data_type": lambda r: r.data_type,
    "mandatory": lambda r: r.mandatory,
    "score": lambda r: r.score,
    "semantic_status": lambda r: r.semantic_status or "",
    "unresolved": lambda r: r.unresolved,
}
SORTS = tuple(_SORTS)
"""The columns a grid may be sorted by."""


def token(session: ProjectSession) -> object:
    """Changes with every command and every run."""
    return session.project.audit.head()


def records(session: ProjectSession) -> tuple[RuleRecord, ...]:
    """Every rule that takes part, by position."""
    return session.cached("rules", token(session), lambda: _records(session))


def _records(session: ProjectSession) -> tuple[RuleRecord, ...]:
    return tuple(r for r in session.project.contract.rules() if not r.orphan)


def catalog(session: ProjectSession, side: Side) -> Catalog:
    """A side's catalog with corrections; put together again when it may have changed."""
    edits = session.project.audit.lines(action="schemas.", limit=1)
    token = (_extraction(session), edits[0].seq if edits else 0)

    def put_together() -> Catalog:
        fixes = session.project.catalogs.corrections(side)
        return corrected(catalog_as_read(session, side), map(fix_of, fixes))

    return session.cached(f"catalog:{side.value}", token, put_together)


def catalog_as_read(session: ProjectSession, side: Side) -> Catalog:
    """A side's catalog as the documents have it, without corrections."""
    return session.cached(
        f"as read:{side.value}",
        _extraction(session),
        lambda: session.project.catalogs.load(side, corrected=False),
    )


def _extraction(session: ProjectSession) -> tuple[int, int] | None:
    """Which reading of the documents the catalogs are of."""
    done = session.project.runs.latest_done(Stage.EXTRACT_SPECS)
    return (done.run_number, done.attempt) if done else None


def suggestions(session: ProjectSession) -> dict[tuple[str, str], Suggestion]:
    """The ranked candidates by target table and field."""
    analysed = session.project.runs.latest_done(Stage.ANALYZE_SEMANTIC_MAPPING)
    token = (analysed.run_number, analysed.attempt) if analysed else None
    return session.cached(
        "suggestions",
        token,
        lambda: {(s.target_table, s.target_field): s for s in session.project.suggestions.all()},
    )


def is_undecided(rule: Rule) -> bool:
    """True when nothing says what fills the field, nor that nothing does."""
    if rule.mapping_class is MappingClass.OUT_OF_SCOPE or rule.expression:
        return False
    return not (rule.mapping_class in _NEEDS_SOURCE and rule.source_field)


def is_unresolved(rule: Rule, spec: FieldSpec | None) -> bool:
    """True for a mandatory field that nothing fills, until a person approves of that.

    The same fields that the quality rules report and the gates count.
    """
    if spec is None or not spec.mandatory or rule.status is MappingStatus.APPROVED:
        return False
    nothing = not rule.expression and not rule.source_field
    return nothing or rule.mapping_class is MappingClass.OUT_OF_SCOPE


def rows(session: ProjectSession) -> tuple[MappingRow, ...]:
    """Every row of the grid, by position."""
    return session.cached("mapping rows", token(session), lambda: _rows(session))


def _rows(session: ProjectSession) -> tuple[MappingRow, ...]:
    target, suggested = catalog(session, Side.TARGET), suggestions(session)
    made = []
    for record in records(session):
        rule = record.rule
        spec = target.find(rule.target_table, rule.target_field)
        suggestion = suggested.get((rule.target_table, rule.target_field))
        best = suggestion.candidates[0].score if suggestion and suggestion.candidates else 0.0
        made.append(
            MappingRow(
                rule_id=session.number_of(record.rule_id),
                rule=rule,
                position=record.position,
                data_type=_type_words(spec.data_type, spec.length) if spec else "",
                mandatory=spec.mandatory if spec else False,
                score=best,
                semantic_status=suggestion.status if suggestion else None,
                unresolved=is_unresolved(rule, spec),
            )
        )
    return tuple(made)


def selected(session: ProjectSession, query: MappingQuery) -> list[MappingRow]:
    """Rows that match, sorted; all of them, whatever the page.

    Raises:
        BadInput: it is to be sorted by a column that there is not.
    """
    key = _SORTS.get(query.sort)
    if key is None:
        raise BadInput(
            f"Mappings cannot be sorted by {query.sort}", remedy=f"Sort by {', '.join(SORTS)}"
        )
    words = query.text.casefold().split()
    found = [r for r in rows(session) if _matches(r, query) and _speaks_of(r.rule, words)]
    found.sort(key=key, reverse=query.descending)
    return found


def _matches(row: MappingRow, query: MappingQuery) -> bool:
    rule = row.rule
    return (
        _among(rule.target_table, query.tables)
        and _among(rule.mapping_class, query.classes)
        and _among(rule.status, query.statuses)
        and _among(rule.confidence.value, query.confidences)
        and query.mandatory in (None, row.mandatory)
        and query.unresolved in (None, row.unresolved)
        and (query.min_score is None or row.score >= query.min_score)
        and (query.max_score is None or row.score <= query.max_score)
    )


def _among(value: object, wanted: Iterable[object]) -> bool:
    wanted = tuple(wanted)
    return not wanted or value in wanted


def _speaks_of(rule: Rule, words: list[str]) -> bool:
    if not words:
        return True
    text = (
        f"{rule.target_table}.{rule.target_field} {rule.source_table}.{rule.source_field} "
        f"{rule.mapping_rule} {rule.expression} {rule.crosswalk} {rule.notes}"
    ).casefold()
    return all(word in text for word in words)


def status_counts(session: ProjectSession) -> dict[MappingStatus, int]:
    """How many rules stand where."""
    return dict(Counter(record.rule.status for record in records(session)))


def _type_words(data_type: str, length: str) -> str:
    return f"{data_type}({length})" if length else data_type
