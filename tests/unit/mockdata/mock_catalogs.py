"""Catalogs to try the generator on: the pack's own from its answer key, and invented ones."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from caseload.mockdata import generate
from caseload.model.catalog import Catalog, FieldSpec, Side, TableSpec
from caseload.model.progress import CancelToken, SilentProgress
from caseload.model.relationship import LinkDecision, told
from caseload.model.shipped import shipped_root
from caseload.model.stage import Stage, StageJob, StageOptions, StageResult
from caseload.specs.catalog_files import SOURCE_CATALOG, TARGET_CATALOG, write_catalog
from caseload.specs.meaning import CatalogMeaning, understand

KEY = Path(__file__).parents[2] / "data" / "answer_key"

HOSPITAL = """
PERSON: PersonId NUMBER 8 key, FamilyName VARCHAR 30, GivenName VARCHAR 20, Gender VARCHAR 1,
 DateOfBirth DATE 10, NhsNumber VARCHAR 10, Postcode VARCHAR 8, DateOfDeath DATE 10
STAY: StayNo NUMBER 8 key, PersonId NUMBER 8 fk=PERSON.PersonId, AdmissionDate DATE 10,
 DischargeDate DATE 10, AdmissionMethod VARCHAR 2, WardCode VARCHAR 6, Zorp VARCHAR 12
WARD: WardCode VARCHAR 6 key, WardName VARCHAR 30, Beds NUMBER 3
"""
OMOP = """
person: person_id NUMBER 9 key, gender_concept_id NUMBER 8, birth_datetime DATE,
 location_id NUMBER 9 fk=location.location_id, person_source_value VARCHAR2 50
location: location_id NUMBER 9 key, address_1 VARCHAR2 50, city VARCHAR2 50, zip VARCHAR2 9
visit_occurrence: visit_occurrence_id NUMBER 9 key, person_id NUMBER 9 fk=person.person_id,
 visit_start_date DATE, visit_end_date DATE, visit_source_value VARCHAR2 50
condition_occurrence: condition_occurrence_id NUMBER 9 key,
 person_id NUMBER 9 fk=person.person_id, condition_start_date DATE,
 visit_occurrence_id NUMBER 9 fk=visit_occurrence.visit_occurrence_id
"""


def from_words(words: str, side: Side) -> Catalog:
    """A catalog from "TABLE: Field TYPE size key fk=T.F, …" lines."""
    tables: dict[str, TableSpec] = {}
    lines = [line for line in words.strip().replace("\n ", " ").splitlines() if line]
    for line in lines:
        name, _, rest = line.partition(":")
        fields = []
        for place, text in enumerate(rest.split(","), 1):
            parts = text.split()
            size = next((p for p in parts[2:] if p.isdigit()), "")
            link = next((p[3:].split(".") for p in parts if p.startswith("fk=")), ["", ""])
            spec = FieldSpec(
                name,
                parts[0],
                place,
                data_type=parts[1] if side is Side.TARGET else "",
                length=size,
                key="key" in parts,
                unique="key" in parts,
                foreign_table=link[0],
                foreign_field=link[1],
            )
            fields.append(spec)
        tables[name] = TableSpec(name, tuple(fields))
    return Catalog(side, tables)


def _rows(name: str) -> list[dict[str, str]]:
    with (KEY / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def pack_source() -> Catalog:
    """The shipped pack's source catalog."""
    tables: dict[str, list[FieldSpec]] = {}
    for row in _rows("source_fields.csv"):
        fields = tables.setdefault(row["table_name"], [])
        spec = FieldSpec(
            row["table_name"],
            row["field_name"],
            len(fields) + 1,
            length=row["size"],
            data_element=row["data_element"],
            description=row["description"],
        )
        fields.append(spec)
    return Catalog(Side.SOURCE, {n: TableSpec(n, tuple(f)) for n, f in tables.items()})


def pack_target() -> Catalog:
    """The shipped pack's target catalog."""
    tables: dict[str, list[FieldSpec]] = {}
    for row in _rows("target_fields.csv"):
        fields = tables.setdefault(row["table_name"], [])
        spec = FieldSpec(
            row["table_name"],
            row["field_name"],
            len(fields) + 1,
            data_type=row["data_type"],
            length=row["length"],
            mandatory=row["mandatory"] == "Y",
            format=row["format"],
            allowed_values=tuple(v for v in row["allowed_values"].split(",") if v),
            code_type=row["code_type"],
            foreign_table=row["foreign_table"],
            foreign_field=row["foreign_field"],
            upper=row["upper"] == "Y",
            unique=row["unique"] == "Y",
        )
        fields.append(spec)
    return Catalog(Side.TARGET, {n: TableSpec(n, tuple(f)) for n, f in tables.items()})


@dataclass
class Made:
    """What one run of the generator wrote."""

    result: StageResult
    folder: Path
    catalogs: dict[Side, Catalog]

    def table(self, name: str, side: str = "source") -> list[dict[str, str]]:
        """The rows of one table."""
        path = self.folder / "mock_data" / side / f"{name}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def faults(self) -> list[dict[str, str]]:
        """The rows of faults.csv."""
        with (self.folder / "mock_data" / "faults.csv").open(newline="") as file:
            return list(csv.DictReader(file))

    def meaning(self, side: Side) -> CatalogMeaning:
        """What the catalog means, as the generator asked."""
        names = [p.stem for p in (shipped_root() / "schemas" / "crosswalks").glob("*.csv")]
        return understand(self.catalogs[side], None, names)


def make(
    folder: Path,
    source: Catalog,
    target: Catalog,
    links: Sequence[LinkDecision] = (),
    **options: object,
) -> Made:
    """Run the stage on a project of the two catalogs and the shipped crosswalks.

    `links` are what people decided about links between tables.
    """
    project = folder / "project"
    if not project.exists():
        write_catalog(project / SOURCE_CATALOG, source)
        write_catalog(project / TARGET_CATALOG, target)
        lists = project / "schemas" / "crosswalks"
        lists.mkdir()
        for path in (shipped_root() / "schemas" / "crosswalks").glob("*.csv"):
            (lists / path.name).write_bytes(path.read_bytes())
    work = folder / f"work{len(list(folder.iterdir()))}"
    job = StageJob(
        Stage.GENERATE_MOCK_DATA,
        project,
        work,
        StageOptions(**options),  # type: ignore[arg-type]
        datetime(2026, 4, 1, tzinfo=UTC),
        "run-0001",
        {"as_of": "2026-03-31", "relationships": told(links)},
    )
    result = generate.run(job, SilentProgress(), CancelToken())
    return Made(result, job.out_dir, {Side.SOURCE: source, Side.TARGET: target})
