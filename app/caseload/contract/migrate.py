"""Stage 5: runs the contract over the source data and writes load files and reports."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from caseload.contract.check import plan_contract
from caseload.contract.crosswalks import Crosswalk, load_crosswalk, read_crosswalks
from caseload.contract.duckdb.account import account, account_blocked, start_rejects
from caseload.contract.duckdb.settle import loops_of, remember_lost, settle
from caseload.contract.duckdb.tables import Run, TableLoad, convert
from caseload.contract.duckdb.write import (
    allocate,
    keep_values,
    no_keys,
    read_registry,
    write_other_registry,
    write_registry,
    write_table,
)
from caseload.contract.files import contract_hash, read_contract
from caseload.contract.plan import Plan
from caseload.contract.report import Paths, write_reports
from caseload.contract.results import Results
from caseload.contract.target_catalog import read_fields, read_names
from caseload.engine.connection import Engine, open_engine
from caseload.engine.csv_out import file_sha256
from caseload.engine.scan import read_header
from caseload.engine.sql import ident
from caseload.engine.staging import find_column, stage_csv
from caseload.model.catalog import Catalog, Side
from caseload.model.contract import Contract
from caseload.model.errors import BadInput, CaseloadError, EnvironmentTrouble
from caseload.model.issue import Severity
from caseload.model.progress import CancelToken, PartOfProgress, Progress
from caseload.model.relationship import heard, ruled
from caseload.model.stage import StageJob, StageResult, Verdict

RULES = "reports/mapping_contract.csv"
ROUTES = "reports/mapping_contract_routes.csv"
SOURCE_DIR = "mock_data/source"
OUTPUT_DIR = "mock_data/target_contract"
TARGET_CATALOG = "schemas/target_schema_catalog.csv"
SOURCE_CATALOG = "schemas/source_schema_catalog.csv"
CROSSWALK_DIR = "schemas/crosswalks"
KEY_REGISTRY = "data/key_registry.csv"
IMPUTE_MODES = ("strict", "pre_production")


def run(job: StageJob, progress: Progress, cancel: CancelToken) -> StageResult:
    """Run the contract.

    Writes the load files, the five reports and the key registry under `job.out_dir`; the
    verdict is FAIL when an ERROR was found or the ledger does not tie.  Raises BadInput for a
    contract, catalog or crosswalk that cannot be run, before anything is written, and
    EnvironmentTrouble when the machine cannot: memory, disk, permissions.
    """
    try:
        return _run(job, progress, cancel)
    except OSError as trouble:
        raise EnvironmentTrouble(
            f"A file could not be read or written: {trouble.strerror}",
            where=Path(trouble.filename).name if isinstance(trouble.filename, str) else "",
            remedy="Check the disk's free space and the folder's permissions",
        ) from None


def _run(job: StageJob, progress: Progress, cancel: CancelToken) -> StageResult:
    paths = find_paths(job)
    progress.report(0.0, "Reading the contract")
    links = heard(job.inputs.get("relationships", ()), Side.TARGET)
    catalog = ruled(read_fields(job.project_dir / paths.target_catalog, Side.TARGET), links)
    contract = read_contract(job.project_dir / paths.rules, job.project_dir / paths.routes)
    crosswalks = read_crosswalks(job.project_dir / paths.crosswalks)
    source = source_columns(job.project_dir, paths, contract)
    plan = plan_contract(contract, catalog, source, crosswalks)
    cancel.raise_if_cancelled()
    with open_engine(
        job.work_dir / "engine",
        folders=[job.project_dir, job.project_dir / paths.source_dir, job.work_dir],
        memory_limit_mb=job.options.memory_limit_mb,
        cancel=cancel,
        progress=True,
    ) as engine:
        migration = _Migration(job, paths, plan, crosswalks, engine, progress)
        migration.go(catalog)
        results = migration.results
        migration.paths.contract_sha256 = contract_hash(
            contract, {name: c.sha256 for name, c in crosswalks.items()}
        )
        report = write_reports(job, paths, engine, results, migration.inputs, migration.outputs)
    progress.report(1.0, "Done")
    failed = report["status"] != Verdict.PASS.value
    summary = (
        f"{report['tables_written']} tables with {report['rows_written_total']} rows written, "
        f"{results.count(Severity.ERROR)} errors, "
        f"the ledger {'ties' if report['ledger_ties'] else 'does not tie'}"
    )
    figures = {
        name: report[name]
        for name in (
            "tables_written",
            "rows_written_total",
            "overall_column_population_ratio",
            "population_ratio_without_imputed",
            "issue_counts",
            "crosswalk_reject_count",
            "ledger_ties",
        )
    }
    verdict = Verdict.FAIL if failed else Verdict.PASS
    return StageResult(job.stage, verdict, summary, figures, replaced_dirs=(paths.output_dir,))


def find_paths(job: StageJob) -> Paths:
    """The files and folders of the run, relative to the project folder.

    Raises BadInput for an engine or an impute mode that does not exist.
    """
    options = job.options
    if options.engine != "duckdb":
        raise BadInput(
            f"This build cannot run on {options.engine}",
            where="--engine",
            remedy="Use --engine duckdb, the only engine it has",
        )
    if options.impute_mode not in IMPUTE_MODES:
        raise BadInput(
            f"{options.impute_mode!r} is not an impute mode",
            where="--impute-mode",
            remedy=f"Use {' or '.join(IMPUTE_MODES)}",
        )
    rules, routes = RULES, ROUTES
    if options.contract_file:
        rules = options.contract_file
        named = Path(rules)
        beside = named.with_name(f"{named.stem}_routes{named.suffix}").as_posix()
        routes = beside if (job.project_dir / beside).is_file() else ROUTES
    paths = Paths(
        rules=rules,
        routes=routes,
        source_dir=options.source_dir or SOURCE_DIR,
        output_dir=options.output_dir or OUTPUT_DIR,
        target_catalog=options.target_catalog_file or TARGET_CATALOG,
        crosswalks=options.crosswalk_dir or CROSSWALK_DIR,
        registry=str(job.inputs.get("key_registry") or KEY_REGISTRY),
    )
    output = (job.project_dir / paths.output_dir).resolve()
    if not output.is_relative_to(job.project_dir.resolve()):
        raise BadInput(
            f"{paths.output_dir} is outside the project",
            where="--output-dir",
            remedy="Name a folder inside the project",
        )
    if not (job.project_dir / paths.source_dir).is_dir():
        raise BadInput(
            f"There is no folder {paths.source_dir}",
            where="--source-dir",
            remedy="Generate mock data, or name the folder with the source extracts",
        )
    if options.crosswalk_dir and not (job.project_dir / paths.crosswalks).is_dir():
        raise BadInput(
            f"There is no folder {paths.crosswalks}",
            where="--crosswalk-dir",
            remedy="Name the folder with the crosswalks, such as schemas/crosswalks",
        )
    return paths


def source_columns(project: Path, paths: Paths, contract: Contract) -> dict[str, tuple[str, ...]]:
    """The source tables' fields, as their files' headers and the source catalog have them."""
    known: dict[str, tuple[str, ...]] = {}
    if (project / SOURCE_CATALOG).is_file():
        known = {t: tuple(names) for t, names in read_names(project / SOURCE_CATALOG).items()}
    for route in contract.routes:
        for table in (route.base_table, *(j.table for j in route.joins)):
            path = project / paths.source_dir / f"{table}.csv"
            if path.is_file():
                try:
                    header, _ = read_header(path)
                except BadInput:
                    known.setdefault(table, ())
                    continue
                others = [n for n in known.get(table, ()) if find_column(header, n) is None]
                known[table] = (*header, *others)
    return known


@dataclass
class _Migration:
    """The run's tables in order, and what it has read and written so far."""

    job: StageJob
    paths: Paths
    plan: Plan
    crosswalks: dict[str, Crosswalk]
    engine: Engine
    progress: Progress
    results: Results = field(default_factory=Results)
    inputs: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    refused: dict[str, CaseloadError] = field(default_factory=dict)

    def go(self, catalog: Catalog) -> None:
        """Load every group of tables, parents first, then write registry and hashes."""
        job, plan = self.job, self.plan
        loads = {name: TableLoad(table) for name, table in plan.tables.items()}
        state = Run(
            self.engine,
            self.crosswalks,
            {},
            loads,
            job.options.impute_mode == "pre_production",
            self._value_links(),
            frozenset(p for load in loads.values() for p in self._key_parents(load)),
        )
        for name in sorted(plan.crosswalks):
            load_crosswalk(self.engine, self.crosswalks[name])
        start_rejects(state)
        registry = job.project_dir / self.paths.registry
        if registry.is_file():
            self.inputs[self.paths.registry] = read_registry(state, registry)
        last = self._last_use()
        for number, names in enumerate(plan.order):
            share = number / max(1, len(plan.order))
            part = PartOfProgress(self.progress, 0.05 + 0.85 * share, 0.05 + 0.85 * (
                (number + 1) / max(1, len(plan.order))))  # fmt: skip
            part.report(0.0, f"Loading {names[0]}", names[0])
            with self.engine.reporting(part):
                self._group(state, [loads[name] for name in names])
            for table in [t for t, at in last.items() if at == number and t in state.staged]:
                self.engine.run(f"DROP TABLE IF EXISTS {ident(state.staged[table].table)}")
        self._unplanned(catalog)
        self.results.stats.sort(key=lambda s: list(catalog.tables).index(s.target_table))
        self.results.ledger.sort(key=lambda line: list(catalog.tables).index(line.target_table))
        self._join_registry(state)
        self._hash_outputs()

    def _group(self, state: Run, group: list[TableLoad]) -> None:
        looped = loops_of(group)
        for load in group:
            self._stage(state, load)
            if load.blocked:
                self.results.add(Severity.ERROR, "SOURCE", load.blocked, table=load.name)
            else:
                convert(state, load, looped)
        settle(state, group)
        for load in group:
            if load.blocked:
                no_keys(state, load)
                account_blocked(state, load, self.results)
            else:
                allocate(state, load)
                remember_lost(state, load)
        for load in group:
            if not load.blocked:
                keep_values(state, load)
                target = self.job.out_dir / self.paths.output_dir / f"{load.name}.csv"
                account(state, load, write_table(state, load, target), self.results)
            write_registry(state, load, self._part(load.name))
        for load in group:
            self.engine.run(f"DROP TABLE IF EXISTS {ident(load.rows)}")

    def _stage(self, state: Run, load: TableLoad) -> None:
        """Read the source tables of a target table that are not read yet."""
        for route in load.plan.routes:
            for table in route.tables:
                if table not in state.staged and table not in self.refused:
                    self._read(state, table)
                if table in self.refused and not load.blocked:
                    load.blocked = f"Not loaded: {self.refused[table]}"

    def _read(self, state: Run, table: str) -> None:
        path = self.job.project_dir / self.paths.source_dir / f"{table}.csv"
        columns = list(self.plan.columns.get(table, ()))
        try:
            staged = stage_csv(self.engine, path, f"source#{table}", columns=columns)
        except BadInput as trouble:
            self.refused[table] = BadInput(trouble.what, where=f"{table}.csv")
            return
        state.staged[table] = staged
        self.inputs[f"{self.paths.source_dir}/{table}.csv"] = staged.sha256

    def _unplanned(self, catalog: Catalog) -> None:
        for name in catalog.tables:
            if name not in self.plan.tables:
                self.results.add(
                    Severity.WARN, "NO_ROUTE", "The contract has no route for it", table=name
                )

    def _value_links(self) -> frozenset[tuple[str, str]]:
        """Fields that others link to by value, of tables that are loaded."""
        return frozenset(
            (f.spec.foreign_table, f.spec.foreign_field)
            for table in self.plan.tables.values()
            for route in table.routes
            for unit in route.units
            for f in unit.fields
            if f.node is not None
            and not f.parent
            and f.spec.foreign_table in self.plan.tables
            and self.plan.tables[f.spec.foreign_table].spec.field_named(f.spec.foreign_field)
        )

    def _key_parents(self, load: TableLoad) -> Iterable[str]:
        from caseload.contract.expression import Literal, calls_of

        for route in load.plan.routes:
            for unit in route.units:
                for planned in unit.fields:
                    if planned.node is None:
                        continue
                    for call in calls_of(planned.node, "parent_key"):
                        if isinstance(call.args[0], Literal):
                            yield call.args[0].value

    def _last_use(self) -> dict[str, int]:
        """The place in the order after which a source table is not read again."""
        last: dict[str, int] = {}
        for number, names in enumerate(self.plan.order):
            for name in names:
                for route in self.plan.tables[name].routes:
                    last |= dict.fromkeys(route.tables, number)
        return last

    def _part(self, name: str) -> Path:
        return self.job.work_dir / "engine" / "registry" / f"{name}.csv"

    def _join_registry(self, state: Run) -> None:
        """One registry file of the tables' parts, and of tables this contract does not know."""
        names = list(state.loads)
        if state.registry:
            write_other_registry(state, self._part("#others"))
            names.append("#others")
        path = self.job.out_dir / self.paths.registry
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as whole:
            whole.write(b"target_table,key_fields,natural_key,record_number\n")
            for name in names:
                part = self._part(name)
                if part.is_file():
                    with part.open("rb") as piece:
                        piece.readline()
                        shutil.copyfileobj(piece, whole, 1 << 20)

    def _hash_outputs(self) -> None:
        root = self.job.out_dir
        files = sorted((root / self.paths.output_dir).glob("*.csv"))
        with ThreadPoolExecutor(2) as pool:
            for path, sha in zip(files, pool.map(file_sha256, files), strict=True):
                self.outputs[path.relative_to(root).as_posix()] = sha
        for name in (self.paths.rules, self.paths.routes, self.paths.target_catalog):
            self.inputs[name] = file_sha256(self.job.project_dir / name)
        for crosswalk in self.crosswalks.values():
            self.inputs[f"{self.paths.crosswalks}/{crosswalk.name}.csv"] = crosswalk.sha256
