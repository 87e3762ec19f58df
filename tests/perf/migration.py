"""How fast a migration is, against the engine reading and writing the same bytes.

    python tests/perf/migration.py [--patients 100000] [--memory-mb 1024]

Makes PATIENTS patients with addresses, referrals, appointments and admissions, runs an
ordinary contract over them (crosswalks, dates, keys, links, joins, a split, conformance and
a few rejects), and prints CPU and wall time as a ratio to the floor taken in the same run:
the engine reading every one of those source files as text and writing the same target bytes.
Each part runs in a process of its own, so that CPU and peak memory are its own.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).resolve()

SOURCES = {
    "PATDATA": """
        SELECT 100000 + i AS PtNo, format('D{:07d}', i) AS DistNo,
        CAST(9990000000 + i AS VARCHAR) AS NhsNo,
        concat('Surname', i % 9973) AS Surname, concat('Forename', i % 911) AS Forename,
        CASE WHEN i % 7 = 0 THEN concat('Former', i % 97) END AS PrevSurname,
        [ 'Mr', 'Mrs', 'Ms', 'Dr' ][1 + i % 4] AS Title,
        CASE WHEN i % 5000 = 17 THEN 'Q' ELSE ['M', 'F', 'I', 'U'][1 + i % 4] END AS Sex,
        strftime(DATE '1925-01-01' + CAST(i * 7 % 36000 AS INTEGER), '%Y%m%d') AS DoBInt,
        strftime(DATE '1925-01-01' + CAST(i * 7 % 36000 AS INTEGER), '%d/%m/%Y') AS DoB,
        chr(CAST(65 + i % 16 AS INTEGER)) AS EthnicCode, concat('P', i % 800) AS PracCode,
        concat(i % 90 + 1, ', High Street') AS Addr1, concat('Town ', i % 50) AS Town,
        format('AB{} {}CD', i % 30 + 1, i % 9) AS PostCode, NULL AS Spare1, NULL AS Spare2,
        concat('01632 ', 100000 + i % 899999) AS Phone, 'N' AS Deceased,
        strftime(TIMESTAMP '2010-01-01' + to_minutes(CAST(i * 7 % 7000000 AS INTEGER)),
        '%d/%m/%Y %H:%M') AS Updated FROM range({patients}) t(i)""",
    "PRACMAST": """
        SELECT concat('P', i) AS PracCode, concat('Practice ', i) AS PracName,
        CASE WHEN i % 10 = 0 THEN 'C1' ELSE 'C2' END AS Commissioner FROM range(800) t(i)""",
    "REFERRAL": """
        SELECT format('R{:09d}', i) AS RefNo, 100000 + i * 7919 % {patients} AS PtNo,
        strftime(DATE '2015-01-01' + CAST(i % 3600 AS INTEGER), '%Y%m%d') AS RefDate,
        ['1', '2', '3', '92'][1 + i % 4] AS Source, ['1', '2', '3'][1 + i % 3] AS Priority,
        CAST(100 + i % 40 AS VARCHAR) AS SpecCode, concat('C', i % 300) AS ConsCode,
        concat('Reason for referral ', i % 1000) AS Reason FROM range({patients}) t(i)""",
    "OPAPPT": """
        SELECT 100000 + i * 31 % {patients} AS PtNo, 1 + i // {patients} AS ApptSeq,
        format('R{:09d}', i * 13 % {patients}) AS RefNo,
        strftime(DATE '2018-01-01' + CAST(i % 2600 AS INTEGER), '%Y%m%d') AS ApptDate,
        format('{:02d}:{:02d}', 8 + i % 9, i * 5 % 60) AS ApptTime,
        ['5', '6', '3', '7'][1 + i % 4] AS Attended, ['1', '2', '3'][1 + i % 3] AS Outcome,
        concat('CL', i % 200) AS Clinic, concat('C', i % 300) AS ConsCode,
        concat('Comment on the appointment ', i % 5000) AS Comment
        FROM range(3 * {patients}) t(i)""",
    "ADMIT": """
        SELECT 100000 + i * 17 % {patients} AS PtNo, 500000 + i AS EpisodeNo,
        strftime(TIMESTAMP '2016-01-01' + to_minutes(CAST(i * 11 % 4000000 AS INTEGER)),
        '%Y%m%d%H%M') AS AdmDtInt,
        strftime(TIMESTAMP '2016-01-05' + to_minutes(CAST(i * 11 % 4000000 AS INTEGER)),
        '%d/%m/%Y %H:%M') AS DisDt,
        ['11', '12', '21', '22'][1 + i % 4] AS Method, ['1', '2'][1 + i % 2] AS Intended,
        concat('W', i % 60) AS Ward, concat('C', i % 300) AS ConsCode,
        CAST(i % 30 AS VARCHAR) AS Days FROM range({patients}) t(i)""",
}

CROSSWALKS = {
    "title": {t: t.upper() for t in ("Mr", "Mrs", "Ms", "Dr")},
    "sex": {"M": "1", "F": "2", "I": "9", "U": "0"},
    "ethnic": {chr(65 + n): chr(65 + n) for n in range(16)},
    "source": {"1": "01", "2": "02", "3": "03", "92": "92"},
    "priority": {"1": "ROUTINE", "2": "URGENT", "3": "TWO WEEK"},
    "attended": {"5": "ATT", "6": "ATT", "3": "DNA", "7": "CANC"},
    "outcome": {"1": "DISCHARGE", "2": "REVIEW", "3": "OTHER"},
    "method": {"11": "11", "12": "12", "21": "21", "22": "22"},
}

KEY, TEXT = ("NUMBER(10)", "record_key()", "M"), "VARCHAR2({})"
DAY, MOMENT = "DATE DD/MM/YYYY", "DATE DD/MM/YYYY HH24:MI"
SYSTEM = ("VARCHAR2(10)", "'LEGACY'", "M")

TARGETS: dict[str, dict[str, tuple[str, ...]]] = {
    "LOAD_PRACTICES": {
        "RECORD_NUMBER": KEY,
        "PRACTICE_CODE": ("VARCHAR2(6)", "PRACMAST.PracCode", "M"),
        "PRACTICE_NAME": ("VARCHAR2(40)", "PRACMAST.PracName", "M"),
    },
    "LOAD_PMI": {
        "RECORD_NUMBER": KEY,
        "SYSTEM_CODE": SYSTEM,
        "HOSPITAL_NUMBER": ("VARCHAR2(14)", "PATDATA.DistNo", "M"),
        "NHS_NUMBER": ("VARCHAR2(10)", "nhs_number(PATDATA.NhsNo)", ""),
        "TITLE": ("VARCHAR2(5)", "crosswalk(PATDATA.Title, 'title')", ""),
        "SURNAME": ("VARCHAR2(35)", "upper(PATDATA.Surname)", "M"),
        "FORENAME": ("VARCHAR2(35)", "PATDATA.Forename", ""),
        "SEX": ("VARCHAR2(1)", "crosswalk(PATDATA.Sex, 'sex')", "M"),
        "DATE_OF_BIRTH": (DAY, "to_date(PATDATA.DoBInt, 'CCYYMMDD')", "M"),
        "ETHNIC_CATEGORY": ("VARCHAR2(2)", "crosswalk(PATDATA.EthnicCode, 'ethnic')", ""),
        "PRACTICE_CODE": ("VARCHAR2(6)", "PATDATA.PracCode", "", "LOAD_PRACTICES.PRACTICE_CODE"),
        "COMMISSIONER": ("VARCHAR2(6)", "PRACMAST.Commissioner", ""),
        "ADDRESS_1": ("VARCHAR2(35)", "PATDATA.Addr1", ""),
        "TOWN": ("VARCHAR2(35)", "PATDATA.Town", ""),
        "POSTCODE": ("VARCHAR2(8)", "postcode(PATDATA.PostCode)", ""),
        "PHONE": ("VARCHAR2(20)", "PATDATA.Phone", ""),
        "DECEASED": ("VARCHAR2(1)", "PATDATA.Deceased", ""),
        "UPDATED_AT": (MOMENT, "PATDATA.Updated", ""),
    },
    "LOAD_ALIASES": {
        "RECORD_NUMBER": KEY,
        "PMI_RECORD_NUMBER": ("NUMBER(10)", "parent_key('LOAD_PMI', PATDATA.PtNo)", "M"),
        "SURNAME": ("VARCHAR2(35)", "PATDATA.Surname", "M"),
        "KIND": ("VARCHAR2(8)", "'CURRENT'", ""),
    },
    "LOAD_REFERRALS": {
        "RECORD_NUMBER": KEY,
        "SYSTEM_CODE": SYSTEM,
        "PMI_RECORD_NUMBER": ("NUMBER(10)", "parent_key('LOAD_PMI', REFERRAL.PtNo)", "M"),
        "REFERRED_ON": (DAY, "to_date(REFERRAL.RefDate, 'CCYYMMDD')", "M"),
        "SOURCE": ("VARCHAR2(2)", "crosswalk(REFERRAL.Source, 'source')", ""),
        "PRIORITY": ("VARCHAR2(10)", "crosswalk(REFERRAL.Priority, 'priority')", ""),
        "SPECIALTY": ("VARCHAR2(4)", "REFERRAL.SpecCode", "M"),
        "CONSULTANT": ("VARCHAR2(8)", "REFERRAL.ConsCode", ""),
        "REASON": ("VARCHAR2(60)", "REFERRAL.Reason", ""),
    },
    "LOAD_APPOINTMENTS": {
        "RECORD_NUMBER": KEY,
        "SYSTEM_CODE": SYSTEM,
        "PMI_RECORD_NUMBER": ("NUMBER(10)", "parent_key('LOAD_PMI', OPAPPT.PtNo)", "M"),
        "REFERRAL_RECORD_NUMBER": (
            "NUMBER(10)", "parent_key('LOAD_REFERRALS', OPAPPT.RefNo)", ""),
        "APPOINTMENT_AT": (
            MOMENT,
            "combine_date_time(to_date(OPAPPT.ApptDate, 'CCYYMMDD'), OPAPPT.ApptTime)", "M"),
        "ATTENDED": ("VARCHAR2(4)", "crosswalk(OPAPPT.Attended, 'attended')", "M"),
        "OUTCOME": ("VARCHAR2(10)", "crosswalk(OPAPPT.Outcome, 'outcome')", ""),
        "CLINIC": ("VARCHAR2(8)", "OPAPPT.Clinic", "M"),
        "CONSULTANT": ("VARCHAR2(8)", "OPAPPT.ConsCode", ""),
        "COMMENTS": ("VARCHAR2(60)", "OPAPPT.Comment", ""),
    },
    "LOAD_ADMISSIONS": {
        "RECORD_NUMBER": KEY,
        "SYSTEM_CODE": SYSTEM,
        "PMI_RECORD_NUMBER": ("NUMBER(10)", "parent_key('LOAD_PMI', ADMIT.PtNo)", "M"),
        "EPISODE": ("NUMBER(9)", "ADMIT.EpisodeNo", "M"),
        "ADMITTED_AT": (MOMENT, "to_datetime(ADMIT.AdmDtInt, 'CCYYMMDDHHMM')", "M"),
        "DISCHARGED_AT": (MOMENT, "ADMIT.DisDt", ""),
        "METHOD": ("VARCHAR2(2)", "crosswalk(ADMIT.Method, 'method')", "M"),
        "INTENDED": ("VARCHAR2(1)", "ADMIT.Intended", ""),
        "WARD": ("VARCHAR2(6)", "ADMIT.Ward", "M"),
        "DAYS": ("NUMBER(4)", "ADMIT.Days", ""),
    },
}  # fmt: skip


def make_project(folder: Path, patients: int) -> None:
    """Source files, crosswalks, target catalog and contract."""
    import duckdb

    from caseload.contract.files import write_contract

    source = folder / "mock_data/source"
    source.mkdir(parents=True)
    connection = duckdb.connect()
    for name, query in SOURCES.items():
        query = query.replace("{patients}", str(patients))
        connection.execute(f"COPY ({query}) TO '{source / name}.csv' (HEADER)")
    connection.close()
    crosswalks = folder / "schemas/crosswalks"
    crosswalks.mkdir(parents=True)
    for name, pairs in CROSSWALKS.items():
        lines = "".join(f"{a},{b},\n" for a, b in pairs.items())
        (crosswalks / f"{name}.csv").write_text(f"source_value,target_value,description\n{lines}")
    lines = []
    for table, fields in TARGETS.items():
        for name, (kind, _, mandatory, *link) in fields.items():
            data_type, _, mask = kind.partition(" ")
            data_type, _, length = data_type.rstrip(")").partition("(")
            parent, _, parent_field = (link[0] if link else "").partition(".")
            cells = (table, name, data_type, length, mandatory and "Y", mask, parent, parent_field)
            lines.append(",".join(cells))
    (folder / "schemas/target_schema_catalog.csv").write_text(
        "table_name,field_name,data_type,length,mandatory_hint,format,foreign_table,foreign_field\n"
        + "\n".join(lines)
    )
    reports = folder / "reports"
    write_contract(
        contract(), reports / "mapping_contract.csv", reports / "mapping_contract_routes.csv"
    )


def contract():
    """The ordinary contract."""
    from caseload.model.contract import Contract, Join, MappingClass, Route, Rule, SplitCase

    rules = [
        Rule(table, name, MappingClass.DERIVED, expression=expression)
        for table, fields in TARGETS.items()
        for name, (_, expression, *_) in fields.items()
    ]
    practice = Join("PRACMAST", (("PATDATA.PracCode", "PracCode"),))
    aliases = (
        SplitCase("current", "", ()),
        SplitCase(
            "former",
            "PATDATA.PrevSurname is not null",
            (("SURNAME", "PATDATA.PrevSurname"), ("KIND", "'FORMER'")),
        ),
    )
    return Contract(
        rules,
        [
            Route("LOAD_PRACTICES", "main", "PRACMAST", ("PRACMAST.PracCode",)),
            Route("LOAD_PMI", "main", "PATDATA", ("PATDATA.PtNo",), (practice,)),
            Route("LOAD_ALIASES", "main", "PATDATA", ("PATDATA.PtNo",), splits=aliases),
            Route("LOAD_REFERRALS", "main", "REFERRAL", ("REFERRAL.RefNo",)),
            Route("LOAD_APPOINTMENTS", "main", "OPAPPT", ("OPAPPT.PtNo", "OPAPPT.ApptSeq")),
            Route(
                "LOAD_ADMISSIONS", "main", "ADMIT", ("ADMIT.PtNo", "ADMIT.EpisodeNo"),
                row_filter="ADMIT.AdmDtInt is not null",
            ),
        ],
    )  # fmt: skip


def migrate(folder: Path, memory_mb: int) -> dict[str, object]:
    """The stage itself; what it says of itself."""
    from caseload.contract.migrate import run
    from caseload.model.progress import CancelToken, SilentProgress
    from caseload.model.stage import Stage, StageJob, StageOptions

    job = StageJob(
        Stage.RUN_CONTRACT_MIGRATION,
        folder,
        folder / ".work",
        StageOptions(memory_limit_mb=memory_mb),
        datetime(2026, 1, 1, tzinfo=UTC),
        "perf",
    )
    return dict(run(job, SilentProgress(), CancelToken()).figures)


def floor(folder: Path, memory_mb: int) -> dict[str, object]:
    """Read each source file as text, and write the target files' bytes again from text."""
    from caseload.engine.connection import open_engine
    from caseload.engine.csv_out import write_csv
    from caseload.engine.scan import read_header
    from caseload.engine.staging import csv_source

    with open_engine(folder / ".floor", folders=[folder], memory_limit_mb=memory_mb) as engine:
        for path in sorted((folder / "mock_data/source").glob("*.csv")):
            header, _ = read_header(path)
            engine.run(f"CREATE TABLE t AS SELECT * FROM {csv_source(path, header)}")
            engine.run("DROP TABLE t")
        load_kept(engine, folder)
        clock, cpu = time.perf_counter(), time.process_time()
        for path in targets(folder):
            query = f'SELECT * FROM "{path.stem}"'
            write_csv(engine, query, folder / ".floor" / path.name)
        return {"write_wall": time.perf_counter() - clock, "write_cpu": time.process_time() - cpu}


def load_kept(engine, folder: Path) -> None:
    """The target rows as text tables, so that writing them can be timed alone."""
    from caseload.engine.scan import read_header
    from caseload.engine.staging import csv_source

    for path in targets(folder):
        header, _ = read_header(path)
        engine.run(f'CREATE TABLE "{path.stem}" AS SELECT * FROM {csv_source(path, header)}')


def preload(folder: Path, memory_mb: int) -> dict[str, object]:
    """What `floor` does beside reading the source and writing: to be taken off it."""
    from caseload.engine.connection import open_engine

    with open_engine(folder / ".floor", folders=[folder], memory_limit_mb=memory_mb) as engine:
        load_kept(engine, folder)
    return {}


def targets(folder: Path) -> list[Path]:
    """The load files of the run."""
    return sorted((folder / ".work/out/mock_data/target_contract").glob("*.csv"))


@dataclass
class Measure:
    """One part in a process of its own: seconds of wall and CPU, peak memory in MB."""

    wall: float
    cpu: float
    peak: float
    said: dict[str, float]


def measured(part: str, folder: Path, memory_mb: int) -> Measure:
    """Run a part of this file in its own process."""
    command = [sys.executable, str(HERE), "--part", part, "--folder", str(folder),
               "--memory-mb", str(memory_mb)]  # fmt: skip
    said = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return Measure(said.pop("wall"), said.pop("cpu"), said.pop("peak"), said)


def one_part(part: str, folder: Path, memory_mb: int) -> None:
    """What `measured` runs."""
    clock, cpu = time.perf_counter(), time.process_time()
    said = {"migrate": migrate, "floor": floor, "preload": preload}[part](folder, memory_mb)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    said |= {
        "wall": time.perf_counter() - clock,
        "cpu": time.process_time() - cpu,
        "peak": usage.ru_maxrss / 1024,
    }
    print(json.dumps(said))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, default=100_000)
    parser.add_argument("--memory-mb", type=int, default=1024)
    parser.add_argument("--part", default="")
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    if asked.part:
        one_part(asked.part, asked.folder, asked.memory_mb)
        return
    folder = Path(tempfile.mkdtemp(prefix="migration-"))
    try:
        make_project(folder, asked.patients)
        run = measured("migrate", folder, asked.memory_mb)
        whole = measured("floor", folder, asked.memory_mb)
        before = measured("preload", folder, asked.memory_mb)
        wall, cpu = whole.wall - before.wall, whole.cpu - before.cpu
        size = sum(p.stat().st_size for p in (folder / "mock_data/source").glob("*.csv"))
        out = sum(p.stat().st_size for p in targets(folder))
    finally:
        shutil.rmtree(folder)
    rows = run.said["rows_written_total"]
    print(f"patients {asked.patients:,}: {rows:,} target rows, {run.said['issue_counts']}, "
          f"ledger ties: {run.said['ledger_ties']}")  # fmt: skip
    print(f"source {size / 1e6:.0f} MB, target {out / 1e6:.0f} MB, limit {asked.memory_mb} MB")
    print(f"{'':12}{'wall s':>9}{'CPU s':>9}{'peak MB':>9}")
    print(f"{'migration':12}{run.wall:9.2f}{run.cpu:9.2f}{run.peak:9.0f}")
    print(f"{'floor':12}{wall:9.2f}{cpu:9.2f}{whole.peak:9.0f}")
    print(f"ratio to floor: CPU {run.cpu / cpu:.2f}, wall {run.wall / wall:.2f}; "
          f"{rows / run.wall:,.0f} target rows a second")  # fmt: skip


if __name__ == "__main__":
    main()
