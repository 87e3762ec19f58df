"""The stage `generate_mock_data`: one cohort, written in the words of both catalogs."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from caseload.mockdata.builder import Builder
from caseload.mockdata.cohort import make_cohort
from caseload.mockdata.faults import HEADER, KINDS, Fault, FaultPlanter
from caseload.mockdata.feeds import feed_catalog, feed_columns
from caseload.mockdata.frames import Frame
from caseload.mockdata.lists import CodeBook
from caseload.mockdata.plan import Table
from caseload.mockdata.streams import Streams
from caseload.mockdata.writer import write_csv
from caseload.model.catalog import Catalog, Side
from caseload.model.errors import BadInput
from caseload.model.progress import CancelToken, PartOfProgress, Progress
from caseload.model.relationship import heard, ruled
from caseload.model.stage import Stage, StageJob, StageResult, Verdict
from caseload.specs.catalog_files import SOURCE_CATALOG, TARGET_CATALOG, read_catalog
from caseload.specs.meaning import CatalogMeaning, understand

SOURCE_DIR = "mock_data/source"
TARGET_DIR = "mock_data/target"
FAULTS_FILE = "mock_data/faults.csv"
DEFAULT_AS_OF = "2026-03-31"


@dataclass(slots=True)
class Count:
    """How much was written for one side."""

    tables: int = 0
    rows: int = 0


def run(job: StageJob, progress: Progress, cancel: CancelToken) -> StageResult:
    """Write mock_data/source and mock_data/target for the project's two catalogs.

    Options: `rows` patients, `seed`, `faults` percent of rows.  Input `as_of`: the day on
    which the world stands still.

    Raises:
        BadInput: no patients asked for, a fault share outside 0..100, an unreadable catalog.
    """
    options = job.options
    if options.rows < 1:
        raise BadInput(
            f"{options.rows} patients cannot be made", where="--rows", remedy="Give 1 or more"
        )
    if not 0.0 <= options.faults <= 100.0:
        raise BadInput("Faults are a percentage", where="--faults", remedy="Give 0 to 100")
    as_of = _as_of(job)
    links = job.inputs.get("relationships", ())
    of_source, of_target = heard(links, Side.SOURCE), heard(links, Side.TARGET)
    source = ruled(read_catalog(job.project_dir / SOURCE_CATALOG, Side.SOURCE), of_source)
    target = ruled(read_catalog(job.project_dir / TARGET_CATALOG, Side.TARGET), of_target)
    codes = CodeBook(job.project_dir / "schemas" / "crosswalks")
    streams = Streams(options.seed)
    progress.report(0.02, "Making the cohort")
    frames = make_cohort(options.rows, streams, codes, as_of)
    cancel.raise_if_cancelled()
    kit = Kit(frames, codes, streams, as_of, cancel, options.faults)
    out = job.out_dir
    feeds = kit.feeds(out / SOURCE_DIR)
    demanded = understand(target, None, codes.own or None, of_target)
    kit.needed = _demanded(target, demanded)
    from_source = kit.side(
        source,
        understand(source, None, codes.own or None, of_source),
        out / SOURCE_DIR,
        PartOfProgress(progress, 0.1, 0.7),
    )
    to_target = kit.side(target, demanded, out / TARGET_DIR, PartOfProgress(progress, 0.7, 0.95))
    _write_faults(out / FAULTS_FILE, kit.faults, progress)
    progress.report(1.0, "Mock data written")
    return StageResult(
        Stage.GENERATE_MOCK_DATA,
        Verdict.PASS,
        f"{options.rows:,} patients in {from_source.tables + feeds.tables} source tables "
        f"({from_source.rows + feeds.rows:,} rows) and {to_target.tables} target tables "
        f"({to_target.rows:,} rows)",
        {
            "patients": options.rows,
            "source_tables": from_source.tables + feeds.tables,
            "source_rows": from_source.rows + feeds.rows,
            "target_tables": to_target.tables,
            "target_rows": to_target.rows,
            "faults": len(kit.faults),
            "seed": options.seed,
            "as_of": as_of.isoformat(),
        },
        replaced_dirs=(SOURCE_DIR, TARGET_DIR),
    )


def _as_of(job: StageJob) -> date:
    text = str(job.inputs.get("as_of") or DEFAULT_AS_OF)
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInput(
            f"{text} is no date", where="as_of", remedy="Give it as YYYY-MM-DD"
        ) from error


@dataclass(slots=True)
class Kit:
    """The cohort and what writes it."""

    frames: dict[str, Frame]
    codes: CodeBook
    streams: Streams
    as_of: date
    cancel: CancelToken
    percent: float
    needed: frozenset[tuple[str, str]] = frozenset()
    faults: list[Fault] = field(default_factory=list)

    def feeds(self, folder: Path) -> Count:
        """Write the master feeds."""
        count = Count()
        for table in feed_catalog().tables.values():
            header, columns = feed_columns(table, self.frames, self.codes)
            write_csv(folder / f"{table.name}.csv", header, columns)
            count.tables += 1
            count.rows += len(columns[0])
        return count

    def side(
        self, catalog: Catalog, meaning: CatalogMeaning, folder: Path, progress: Progress
    ) -> Count:
        """Write every table of one catalog, the source with the faults asked for."""
        count = Count()
        folder.mkdir(parents=True, exist_ok=True)
        if not catalog.tables:
            return count
        builder = Builder(catalog, meaning, self.frames, self.codes, self.streams, self.as_of)
        planter = self._planter(catalog, meaning, builder)
        total = len(catalog.tables)

        def before(place: int, name: str) -> None:
            self.cancel.raise_if_cancelled()
            progress.report(place / total, f"{place + 1} of {total} tables", name)

        def sink(table: Table) -> None:
            header = [spec.field_name for spec in table.fields]
            columns = planter.plant(table) if planter else [table.columns[n] for n in header]
            write_csv(folder / f"{table.name}.csv", header, columns)
            count.tables += 1
            count.rows += len(columns[0]) if columns else 0

        builder.build(sink, before)
        if planter:
            self.faults += planter.found
        return count

    def _planter(
        self, catalog: Catalog, meaning: CatalogMeaning, builder: Builder
    ) -> FaultPlanter | None:
        if not self.percent or catalog.side is not Side.SOURCE:
            return None
        return FaultPlanter(
            catalog,
            meaning,
            builder.planner,
            self.codes,
            self.streams,
            self.percent,
            self.as_of.year + 2,
            self.needed,
        )


def _demanded(catalog: Catalog, meaning: CatalogMeaning) -> frozenset[tuple[str, str]]:
    """(entity, concept) of every mandatory field of the target."""
    return frozenset(
        (
            meaning.tables[spec.table_name].entity,
            meaning.fields[spec.table_name, spec.field_name].concept,
        )
        for spec in catalog.all_fields()
        if spec.mandatory
    )


def _write_faults(path: Path, faults: list[Fault], progress: Progress) -> None:
    """Write the list of faults; a header alone says that there are none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(fault.cells() for fault in sorted(faults, key=lambda f: f.order))
    missing = [kind for kind in KINDS if faults and kind not in {f.fault for f in faults}]
    if missing:
        progress.log(f"The source catalog has no place for: {', '.join(missing)}", level="warning")
