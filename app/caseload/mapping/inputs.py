"""Everything that matching reads from a project folder, gathered once."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from caseload.model.catalog import Catalog, FieldSpec, Side, TableSpec
from caseload.model.errors import BadInput
from caseload.model.relationship import LinkDecision, heard, ruled
from caseload.model.shipped import shipped_root
from caseload.specs.catalog_files import read_catalog
from caseload.specs.meaning import CatalogMeaning, understand
from caseload.specs.meaning.lexicon import shipped_lexicon

SOURCE_CATALOG = "schemas/source_schema_catalog.csv"
TARGET_CATALOG = "schemas/target_schema_catalog.csv"
CROSSWALKS = "schemas/crosswalks"
_NOT_KNOWN = re.compile(r"\b(not known|unknown|not stated|not specified)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """A code list's translation: source value → target value.

    `not_known` is the target value that says that nothing is known, if the list has one.
    """

    name: str
    values: dict[str, str]
    not_known: str | None = None


@dataclass
class Systems:
    """Both sides with their meanings.

    `source` holds the master feeds as further tables; `feeds` names those.  `system_fields`
    are the target field names that stand in most tables and name the sending system.
    """

    source: Catalog
    target: Catalog
    feeds: frozenset[str]
    crosswalks: dict[str, Crosswalk] = field(default_factory=dict)
    source_meaning: CatalogMeaning = field(default_factory=lambda: CatalogMeaning({}, {}))
    target_meaning: CatalogMeaning = field(default_factory=lambda: CatalogMeaning({}, {}))
    system_fields: frozenset[str] = frozenset()

    def crosswalks_for(self, target: FieldSpec) -> dict[str, Crosswalk]:
        """The crosswalks that may serve a target field.

        None where the guide states code types and states none for this field.
        """
        if self.states_code_types and not target.code_type:
            return {}
        return self.crosswalks

    @cached_property
    def states_code_types(self) -> bool:
        """True when the target's document names code types at all."""
        return any(f.code_type for f in self.target.all_fields())


def read_systems(project: Path, links: Iterable[Mapping[str, Any]] = ()) -> Systems:
    """Read catalogs, crosswalks and feed descriptions of a project and understand them.

    `links` are decisions about links between tables, as stages are told them.
    """
    for name in (SOURCE_CATALOG, TARGET_CATALOG):
        if not (project / name).is_file():
            raise BadInput(
                "There is no schema catalog yet", where=name, remedy="Run extract-specs first."
            )
    source = read_catalog(project / SOURCE_CATALOG, Side.SOURCE)
    target = read_catalog(project / TARGET_CATALOG, Side.TARGET)
    links = list(links)
    return systems_of(
        source,
        target,
        read_crosswalks(project / CROSSWALKS),
        read_feeds(),
        (*heard(links, Side.SOURCE), *heard(links, Side.TARGET)),
    )


def systems_of(
    source: Catalog,
    target: Catalog,
    crosswalks: dict[str, Crosswalk],
    feeds: Iterable[TableSpec] = (),
    decisions: Sequence[LinkDecision] = (),
) -> Systems:
    """Understand two catalogs that are in memory; `feeds` are added to the source."""
    of_source = [d for d in decisions if d.side is Side.SOURCE]
    of_target = [d for d in decisions if d.side is Side.TARGET]
    source, target = ruled(source, of_source), ruled(target, of_target)
    feed_tables = {t.name: t for t in feeds if t.name not in source.tables}
    whole = Catalog(
        Side.SOURCE, {**source.tables, **feed_tables}, source.documents, source.problems
    )
    target = _with_foreign_fields(target)
    return Systems(
        whole,
        target,
        frozenset(feed_tables),
        crosswalks,
        understand(whole, code_lists=crosswalks, decisions=of_source),
        understand(target, code_lists=crosswalks, decisions=of_target),
        _system_fields(target),
    )


def _with_foreign_fields(target: Catalog) -> Catalog:
    """The catalog with each link that names a table without a field of it pointed at one.

    That is the field whose name the linking field ends in, else the table's unique field.
    """
    tables = {
        name: replace(table, fields=tuple(_with_foreign_field(target, f) for f in table.fields))
        for name, table in target.tables.items()
    }
    return Catalog(target.side, tables, target.documents, target.problems)


def _with_foreign_field(target: Catalog, spec: FieldSpec) -> FieldSpec:
    parent = target.tables.get(spec.foreign_table)
    if parent is None or parent.field_named(spec.foreign_field):
        return spec
    ends = [f for f in parent.fields if spec.field_name.endswith(f.field_name)]
    ends.sort(key=lambda f: -len(f.field_name))
    unique = [f for f in parent.fields if f.unique and f.data_type == spec.data_type]
    found = next(iter([*ends, *unique]), None)
    return replace(spec, foreign_field=found.field_name if found else "")


def _system_fields(target: Catalog) -> frozenset[str]:
    """Names such as SYSTEM_CODE: in at least half of the tables, and saying so."""
    counts = Counter(f.field_name for f in target.all_fields() if f.position <= 3)
    words = shipped_lexicon().words
    return frozenset(
        name
        for name, count in counts.items()
        if count >= max(2, 0.5 * len(target.tables))
        and "system" in {w for word in words.of_name(name) for w in word.first}
    )


def read_feeds(path: Path | None = None) -> list[TableSpec]:
    """The tables of schemas/master_feeds.csv."""
    path = path or shipped_root() / "schemas" / "master_feeds.csv"
    fields: dict[str, list[FieldSpec]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            of_table = fields.setdefault(row["table_name"], [])
            of_table.append(
                FieldSpec(
                    row["table_name"],
                    row["field_name"],
                    len(of_table) + 1,
                    length=row["size"],
                    description=row["description"],
                )
            )
    return [TableSpec(name, tuple(specs)) for name, specs in fields.items()]


def read_crosswalks(folder: Path) -> dict[str, Crosswalk]:
    """Every crosswalk of a folder by name; an absent folder has none."""
    found: dict[str, Crosswalk] = {}
    for path in sorted(folder.glob("*.csv")) if folder.is_dir() else ():
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if not {"source_value", "target_value"} <= set(reader.fieldnames or ()):
                raise BadInput(
                    "A crosswalk lacks the columns source_value and target_value",
                    where=f"{CROSSWALKS}/{path.name}, row 1",
                    remedy="Give it the header source_value,target_value,description.",
                )
            rows = list(reader)
        values = {row["source_value"]: row["target_value"] for row in rows}
        unknown = [
            row["target_value"]
            for row in rows
            if _NOT_KNOWN.search(row.get("description") or "") and row["target_value"]
        ]
        found[path.stem] = Crosswalk(path.stem, values, unknown[0] if unknown else None)
    return found
