"""The versions view in pictures: an invented earlier release, compared with the present one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from caseload.gui.pages.schemas_versions import VersionsView
from caseload.gui.pages.schemas_versions_presenter import CHANGES, IMPACT, RENAMES, Found
from caseload.model.catalog import Catalog, FieldSpec, Side
from caseload.model.schema_diff import SchemaComparison, SpecVersion

STATES = (CHANGES, RENAMES, IMPACT)


def show_example(view: VersionsView, side: Side, tab: str) -> None:
    """Show a comparison of the present catalog with an invented earlier one."""
    session = view.context.session
    view.presenter.tab = tab
    view.presenter.loader = partial(_question, session, side)  # type: ignore[method-assign]
    view.show_side(side)


def _question(session: Any, side: Side) -> Any:
    return partial(_found, session, side)


def _found(session: Any, side: Side) -> Found:
    from caseload.services import mapping_view, spec_versions
    from caseload.specs.compare import compare

    now = mapping_view.catalog(session, side)
    then = Catalog(side, {n: replace(t, fields=tuple(_older(t.fields))) for n, t in
                          now.tables.items()})  # fmt: skip
    known = spec_versions.versions(session, side)
    new = known[0] if known else _version(side, 2, now, "")
    old = replace(_version(side, 1, then, new.taken_at), documents=new.documents)
    new = replace(new, id=2, number=2, label=f"v2 · {_name(new)}")
    found = compare(then, now)
    comparison = SchemaComparison(side, old, new, tuple(found.changes), tuple(found.renames))
    return Found((new, old), comparison, spec_versions.impact(session, comparison))


def _version(side: Side, number: int, catalog: Catalog, at: str) -> SpecVersion:
    label = f"v{number} · earlier release"
    size = (len(catalog.tables), catalog.field_count)
    return SpecVersion(number, side, number, label, str(number), (), *size, "anna", at, kept=False)


def _name(version: SpecVersion) -> str:
    return ", ".join(document.name for document in version.documents) or "present release"


def _older(fields: tuple[FieldSpec, ...]) -> Iterator[FieldSpec]:
    """Fields as an earlier release might have had them, the same ones every time."""
    for spec in fields:
        place = sum(map(ord, spec.qualified))
        if place % 47 == 0:
            yield replace(spec, field_name=f"{spec.field_name}_1")
        elif place % 41 == 0 and spec.size and not spec.scale:
            yield replace(spec, length=str(spec.size * 2))
        elif place % 53 == 0:
            yield replace(spec, mandatory=not spec.mandatory)
        elif place % 59 == 0:
            yield spec
            yield replace(spec, field_name=f"SPARE_{place}", description="No longer used")
        elif place % 61:
            yield spec
