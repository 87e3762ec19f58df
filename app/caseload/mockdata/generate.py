"""The stage `generate_mock_data`: one cohort, written in the words of both catalogs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from caseload.mockdata.builder import Builder
from caseload.mockdata.cohort import make_cohort
from caseload.mockdata.feeds import feed_catalog, feed_columns
from caseload.mockdata.frames import Frame
from caseload.mockdata.lists import CodeBook
from caseload.mockdata.plan import Table
from caseload.mockdata.streams import Streams
from caseload.mockdata.writer import write_csv
from caseload.model.catalog import Catalog, Side
from caseload.model.errors import BadInput
from caseload.model.progress import CancelToken, PartOfProgress, Progress
from caseload.model.stage import Stage, StageJob, StageResult, Verdict
from caseload.specs.catalog_files import SOURCE_CATALOG, TARGET_CATALOG, read_catalog
from caseload.specs.meaning import understand

SOURCE_DIR = "mock_data/source"
TARGET_DIR = "mock_data/target"
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
    source = read_catalog(job.project_dir / SOURCE_CATALOG, Side.SOURCE)
    target = read_catalog(job.project_dir / TARGET_CATALOG, Side.TARGET)
    codes = CodeBook(job.project_dir / "schemas" / "crosswalks")
    streams = Streams(options.seed)
    progress.report(0.02, "Making the cohort")
    frames = make_cohort(options.rows, streams, codes, as_of)
    cancel.raise_if_cancelled()
    kit = Kit(frames, codes, streams, as_of, cancel)
    out = job.out_dir
    feeds = kit.feeds(out / SOURCE_DIR)
    from_source = kit.side(source, out / SOURCE_DIR, PartOfProgress(progress, 0.1, 0.7))
    to_target = kit.side(target, out / TARGET_DIR, PartOfProgress(progress, 0.7, 0.95))
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
            "faults": 0,
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

    def feeds(self, folder: Path) -> Count:
        """Write the master feeds."""
        count = Count()
        for table in feed_catalog().tables.values():
            header, columns = feed_columns(table, self.frames, self.codes)
            write_csv(folder / f"{table.name}.csv", header, columns)
            count.tables += 1
            count.rows += len(columns[0])
        return count

    def side(self, catalog: Catalog, folder: Path, progress: Progress) -> Count:
        """Write every table of one catalog."""
        count = Count()
        folder.mkdir(parents=True, exist_ok=True)
        if not catalog.tables:
            return count
        meaning = understand(catalog, None, self.codes.own or None)
        builder = Builder(catalog, meaning, self.frames, self.codes, self.streams, self.as_of)
        total = len(catalog.tables)

        def before(place: int, name: str) -> None:
            self.cancel.raise_if_cancelled()
            progress.report(place / total, f"{place + 1} of {total} tables", name)

        def sink(table: Table) -> None:
            header = [spec.field_name for spec in table.fields]
            write_csv(folder / f"{table.name}.csv", header, [table.columns[n] for n in header])
            count.tables += 1
            count.rows += table.rows

        builder.build(sink, before)
        return count
