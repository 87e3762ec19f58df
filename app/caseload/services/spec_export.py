"""A comparison of two spec versions as the sheets of an Excel file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from caseload.model.schema_diff import Impact, Outcome, Rename, SchemaComparison, Touched
from caseload.services.excel import Sheet


def sheets(comparison: SchemaComparison, impacts: Sequence[Impact] = ()) -> list[Sheet]:
    """Summary, changes, renames and, where there are decisions, the impact on them."""
    found = [
        Sheet("Summary", ["What", "Older", "Newer"], list(_summary(comparison, impacts))),
        Sheet(
            "Changes",
            ["Kind", "Weight", "Table", "Field", "Was", "Is", "Older name", "Gained", "Lost"],
            [
                (
                    c.kind.value,
                    c.weight.value,
                    c.table,
                    c.field,
                    c.was,
                    c.now,
                    c.old.words() if c.old and c.old != c.place else "",
                    ", ".join(c.gained),
                    ", ".join(c.lost),
                )
                for c in comparison.changes
            ],
        ),
        Sheet(
            "Renames",
            ["Older name", "Newer name", "State", "Confidence", "For it", "Against it", "By",
             "When", "Why"],
            [_rename(r) for r in (*comparison.renames, *comparison.refused)],
        ),
    ]  # fmt: skip
    if impacts:
        found.append(
            Sheet(
                "Impact",
                ["Outcome", "On", "Decision", "Status", "Reasons", "Rests on"],
                [
                    (
                        i.outcome.value,
                        i.on.value,
                        i.id,
                        i.status,
                        "; ".join(i.reasons),
                        ", ".join(p.words() for p in i.uses),
                    )
                    for i in impacts
                ],
            )
        )
    return found


def _summary(
    comparison: SchemaComparison, impacts: Sequence[Impact]
) -> Iterator[tuple[object, ...]]:
    old, new = comparison.old, comparison.new
    yield "Side", comparison.side.value, comparison.side.value
    yield "Version", old.label, new.label
    yield "Taken in", old.taken_at, new.taken_at
    yield "By", old.taken_by, new.taken_by
    yield "Documents", *(", ".join(d.name for d in v.documents) for v in (old, new))
    yield "SHA-256", *(", ".join(d.sha256 for d in v.documents) for v in (old, new))
    yield "Tables", old.tables, new.tables
    yield "Fields", old.fields, new.fields
    for kind, count in comparison.counts().items():
        yield f"Changes: {kind.value}", None, count
    for on in Touched:
        for outcome in Outcome:
            count = sum(i.outcome is outcome and i.on is on for i in impacts)
            if count:
                yield f"Impact on {on.value}s: {outcome.value}", None, count


def _rename(rename: Rename) -> tuple[object, ...]:
    def said(passed: bool) -> str:
        return "; ".join(f"{c.name}: {c.note}" for c in rename.evidence if c.passed is passed)

    return (
        rename.old.words(),
        rename.new.words(),
        rename.state.value,
        rename.confidence,
        said(True),
        said(False),
        rename.by,
        rename.at,
        rename.why,
    )
