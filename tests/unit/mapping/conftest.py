"""Two small systems with names of their own, and rows for the source."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest

from caseload.mapping import analyse, build
from caseload.model.catalog import Catalog, FieldSpec, Side, TableSpec
from caseload.model.progress import CancelToken, SilentProgress
from caseload.model.stage import Stage, StageJob, StageOptions, StageResult
from caseload.specs.catalog_files import write_catalog

Rows = dict[str, list[dict[str, str]]]


def source_catalog() -> Catalog:
    """A patient table, a ward file, stays and an audit twin, as an old system has them."""
    shapes: dict[str, list[tuple[str, int]]] = {
        "PERSONS": [
            ("PersonNo", 9),
            ("FamilyName", 35),
            ("GivenName1", 20),
            ("DateOfBirth", 10),
            ("DateOfBirthInt", 8),
            ("Gender", 1),
            ("DeceasedYN", 1),
            ("HospNo", 10),
        ],
        "WARDFILE": [("WardCd", 6), ("WardName", 30)],
        "IPSTAYS": [
            ("PersonNo", 9),
            ("SpellNo", 9),
            ("DateAdmitted", 10),
            ("TimeAdmitted", 5),
            ("AdmMeth", 2),
            ("WardCd", 6),
            ("RemarkText", 60),
        ],
        "IPSTAYSAUD": [("PersonNo", 9), ("SpellNo", 9), ("DateAdmitted", 10), ("AudUser", 8)],
    }
    tables = {
        name: TableSpec(
            name,
            tuple(
                FieldSpec(name, field, position, length=str(size))
                for position, (field, size) in enumerate(fields, 1)
            ),
        )
        for name, fields in shapes.items()
    }
    return Catalog(Side.SOURCE, tables)


def target_catalog() -> Catalog:
    """Two load tables, the second linked to the first."""

    def key(table: str) -> FieldSpec:
        return FieldSpec(table, "RECORD_NUMBER", 1, "NUMBER", "10", mandatory=True, unique=True)

    def text(table: str, name: str, position: int, size: int, **more: object) -> FieldSpec:
        return FieldSpec(table, name, position, "VARCHAR2", str(size), **more)  # type: ignore[arg-type]

    people, stays = "LOAD_PATIENTS", "LOAD_ADMISSIONS"
    date = "DD/MM/YYYY"
    of_people = (
        key(people),
        text(people, "SYSTEM_CODE", 2, 10, mandatory=True),
        text(people, "SURNAME", 3, 35, mandatory=True, upper=True),
        text(people, "FIRST_NAME", 4, 20),
        FieldSpec(people, "DATE_OF_BIRTH", 5, "DATE", mandatory=True, format=date),
        text(people, "SEX", 6, 1, mandatory=True, code_type="1 Sex"),
        text(people, "DECEASED_FLAG", 7, 1, mandatory=True, allowed_values=("Y", "N")),
        text(people, "SHOE_MAKER", 8, 30),
    )
    of_stays = (
        key(stays),
        text(stays, "SYSTEM_CODE", 2, 10, mandatory=True),
        FieldSpec(
            stays,
            "PATIENT_RECORD_NUMBER",
            3,
            "NUMBER",
            "10",
            mandatory=True,
            foreign_table=people,
            foreign_field="RECORD_NUMBER",
        ),
        FieldSpec(stays, "ADMISSION_DTTM", 4, "DATE", mandatory=True, format=f"{date} HH24:MI"),
        text(stays, "ADMISSION_METHOD", 5, 2, mandatory=True, code_type="2 Admission method"),
        text(stays, "ADMISSION_WARD", 6, 6),
        text(stays, "ADMISSION_NOTE", 7, 40),
    )
    tables = (
        TableSpec(people, of_people, "Holds one row for each patient.", load_order=1),
        TableSpec(stays, of_stays, "Holds one row for each inpatient admission.", load_order=2),
    )
    return Catalog(Side.TARGET, {t.name: t for t in tables})


def source_rows() -> Rows:
    """Ten people, each with one stay; one death; every code known to its crosswalk."""
    people = [
        {
            "PersonNo": str(100 + n),
            "FamilyName": f"Hill{n}",
            "GivenName1": "Ann",
            "DateOfBirth": f"{n + 1:02}/03/1950",
            "DateOfBirthInt": f"195003{n + 1:02}",
            "Gender": "FM"[n % 2],
            "DeceasedYN": "Y" if n == 3 else "",
            "HospNo": f"H{n:05}",
        }
        for n in range(10)
    ]
    stays = [
        {
            "PersonNo": str(100 + n),
            "SpellNo": str(n + 1),
            "DateAdmitted": f"{n + 1:02}/01/2024",
            "TimeAdmitted": "09:30" if n % 3 else "",
            "AdmMeth": ("EL", "EM")[n % 2],
            "WardCd": "W1",
            "RemarkText": "",
        }
        for n in range(10)
    ]
    wards = [{"WardCd": "W1", "WardName": "Larch"}]
    return {"PERSONS": people, "IPSTAYS": stays, "WARDFILE": wards}


def write_rows(folder: Path, rows: Rows) -> None:
    """TABLE.csv for each table."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, lines in rows.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(lines[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(lines)


class Workshop:
    """A project folder in which the two mapping stages can be run."""

    def __init__(self, folder: Path) -> None:
        self.project = folder / "project"
        self._folder = folder
        schemas = self.project / "schemas"
        (schemas / "crosswalks").mkdir(parents=True)
        write_catalog(schemas / "source_schema_catalog.csv", source_catalog())
        write_catalog(schemas / "target_schema_catalog.csv", target_catalog())
        for name, lines in (
            ("sex", "M,1,Male\nF,2,Female\nU,0,Not known\n"),
            ("admission_method", "EL,11,Elective\nEM,21,Emergency\n"),
        ):
            text = f"source_value,target_value,description\n{lines}"
            (schemas / "crosswalks" / f"{name}.csv").write_text(text, encoding="utf-8")

    def run(self, stage: Stage, **inputs: object) -> StageResult:
        """Run one stage and put its outputs into the project."""
        work = self._folder / f"work_{stage.value}_{len(list(self._folder.iterdir()))}"
        (work / "out").mkdir(parents=True)
        now = datetime(2026, 3, 31, tzinfo=UTC)
        job = StageJob(stage, self.project, work, StageOptions(), now, "run", dict(inputs))
        does = analyse.run if stage is Stage.ANALYZE_SEMANTIC_MAPPING else build.run
        result = does(job, SilentProgress(), CancelToken())
        for path in sorted((work / "out").rglob("*")):
            if path.is_file():
                to = self.project / path.relative_to(work / "out")
                to.parent.mkdir(parents=True, exist_ok=True)
                to.write_bytes(path.read_bytes())
        return result

    def both(self, **inputs: object) -> dict[tuple[str, str], dict[str, str]]:
        """Analyse and build; the contract's rules by target table and field."""
        self.run(Stage.ANALYZE_SEMANTIC_MAPPING)
        self.run(Stage.BUILD_MAPPING_CONTRACT, **inputs)
        return {
            (r["target_table"], r["target_field"]): r
            for r in self.read("reports/mapping_contract.csv")
        }

    def read(self, path: str) -> list[dict[str, str]]:
        """A CSV file of the project."""
        with (self.project / path).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    """A project without source data."""
    return Workshop(tmp_path)


@pytest.fixture
def with_rows(workshop: Workshop) -> Workshop:
    """A project with source data."""
    write_rows(workshop.project / "mock_data" / "source", source_rows())
    return workshop
