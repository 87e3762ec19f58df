"""The seven stages, one by one and as the lifecycle."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from caseload.cli.door import Answer, Door, command, plain
from caseload.cli.progress import shown_progress, stop_on_signal
from caseload.cli.readers import completed_roles
from caseload.model.errors import UnsettledColumns
from caseload.model.stage import STAGE_TITLES, STAGES, Stage, StageOptions, Verdict

if TYPE_CHECKING:
    from caseload.services.session import ProjectSession
    from caseload.services.stages import LifecycleOutcome

PANEL = "Stages, in their order"


class ImputeMode(StrEnum):
    """What fills a mandatory field that nothing fills."""

    STRICT = "strict"
    PRE_PRODUCTION = "pre_production"


class Engine(StrEnum):
    """What runs the migration."""

    DUCKDB = "duckdb"


def _text(flag: str, metavar: str, words: str) -> Any:
    return typer.Option(flag, metavar=metavar, help=words, show_default=False)


SourceSpec = Annotated[
    list[str] | None,
    _text(
        "--source-spec",
        "FILE",
        "A document of the old system, or a database: sqlite:FILE, "
        "postgresql://USER@HOST/DB?schema=NAME, mariadb://USER@HOST/DB; repeat for more.",
    ),
]
TargetSpec = Annotated[
    list[str] | None,
    _text("--target-spec", "FILE", "The same of the new system; repeat for more."),
]
Roles = Annotated[
    list[str] | None,
    typer.Option(
        "--roles",
        metavar="ROLES",
        help="FILE:role=column,role=column: what a document's columns hold; repeat for more. "
        "A column by header, letter or number; also sheet=NAME and header=ROW.",
        autocompletion=completed_roles,
        show_default=False,
    ),
]
Rows = Annotated[int | None, _text("--rows", "N", "How many patients to make. (default 20)")]
Seed = Annotated[
    int | None,
    _text("--seed", "N", "Where the randomness starts: same seed, same bytes. (default 42)"),
]
Faults = Annotated[
    float | None,
    _text("--faults", "PERCENT", "Share of rows to put named faults into. (default 0)"),
]
SourceDir = Annotated[
    str | None, _text("--source-dir", "D", "Source data. (default mock_data/source)")
]
OutputDir = Annotated[
    str | None, _text("--output-dir", "D", "Load files. (default mock_data/target_contract)")
]
ContractFile = Annotated[
    str | None, _text("--contract-file", "F", "A contract of your own. (default the project's)")
]
TargetCatalog = Annotated[
    str | None,
    _text("--target-catalog-file", "F", "A target catalog of your own. (default the project's)"),
]
CrosswalkDir = Annotated[
    str | None, _text("--crosswalk-dir", "D", "Crosswalks. (default schemas/crosswalks)")
]
Impute = Annotated[
    ImputeMode | None,
    _text(
        "--impute-mode",
        "MODE",
        "strict or pre_production (fill declared defaults). (default strict)",
    ),
]
EngineOption = Annotated[Engine | None, _text("--engine", "NAME", "The engine. (default duckdb)")]
MinPatients = Annotated[
    int | None, _text("--min-patients", "N", "Patients that must be there. (default 20)")
]
Profile = Annotated[
    str | None,
    _text(
        "--profile",
        "NAME",
        "development, pre_production, cutover_ready, or one of the project's own. "
        "(default pre_production)",
    ),
]


def _stage(text: str) -> Stage:
    try:
        return Stage(text.replace("-", "_").lower())
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no stage; they are {', '.join(STAGES)}") from None


def _stage_names(incomplete: str) -> list[str]:
    return [stage.value for stage in STAGES if stage.value.startswith(incomplete)]


def _stage_option(flag: str, words: str) -> Any:
    return typer.Option(
        flag,
        metavar="STAGE",
        help=words,
        parser=_stage,
        autocompletion=_stage_names,
        show_default=False,
    )


FromStage = Annotated[Stage | None, _stage_option("--from", "Begin with this stage.")]
ToStage = Annotated[Stage | None, _stage_option("--to", "End with this stage.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for name, function in (
        ("extract-specs", extract_specs),
        ("generate-mock-data", generate_mock_data),
        ("analyze-semantic-mapping", analyze_semantic_mapping),
        ("build-mapping-contract", build_mapping_contract),
        ("run-contract-migration", run_contract_migration),
        ("run-enterprise-pipeline", run_enterprise_pipeline),
        ("run-release-gates", run_release_gates),
        ("lifecycle", lifecycle),
    ):
        command(app, name, panel=PANEL)(function)


def extract_specs(
    door: Door,
    source_spec: SourceSpec = None,
    target_spec: TargetSpec = None,
    roles: Roles = None,
) -> Answer:
    """Stage 1: read the spec documents into the source and target schema catalogs.

    Without options the documents already in the project are read again. Paths are relative to
    the project folder. Corrections that people made hold. Where a document's columns do not
    tell what they hold, --roles says it, also for the document's next versions.

    Example: caseload -p qvh extract-specs --roles 'dictionary.xlsx:table=A,field=B,length=D'
    """
    if roles:
        _assign(door, roles, (*(source_spec or ()), *(target_spec or ())))
    return _one(door, Stage.EXTRACT_SPECS, source_specs=source_spec, target_specs=target_spec)


def _assign(door: Door, roles: list[str], given: tuple[str, ...]) -> None:
    from caseload.services import readers

    with door.open() as session, stop_on_signal() as cancel:
        for changes in readers.assign_said(session, roles, given, cancel=cancel):
            door.say(f"{changes.message}. It is remembered for the document's next version.")


def generate_mock_data(
    door: Door, rows: Rows = None, seed: Seed = None, faults: Faults = None
) -> Answer:
    """Stage 2: make patients that hang together, for both sides.

    With --faults, faults of every kind are put into the source, and a list of them beside it.

    Example: caseload -p qvh generate-mock-data --rows 20 --seed 42
    """
    return _one(door, Stage.GENERATE_MOCK_DATA, rows=rows, seed=seed, faults=faults)


def analyze_semantic_mapping(door: Door) -> Answer:
    """Stage 3: find up to five source fields for every target field, with the evidence.

    Example: caseload -p qvh analyze-semantic-mapping
    """
    return _one(door, Stage.ANALYZE_SEMANTIC_MAPPING)


def build_mapping_contract(door: Door) -> Answer:
    """Stage 4: propose a rule for every target field, and how the tables are joined.

    What people edited or approved stays as it is.

    Example: caseload -p qvh build-mapping-contract
    """
    return _one(door, Stage.BUILD_MAPPING_CONTRACT)


def run_contract_migration(
    door: Door,
    source_dir: SourceDir = None,
    output_dir: OutputDir = None,
    contract_file: ContractFile = None,
    target_catalog_file: TargetCatalog = None,
    crosswalk_dir: CrosswalkDir = None,
    impute_mode: Impute = None,
    engine: EngineOption = None,
) -> Answer:
    """Stage 5: run the contract over the source data into the target's load files.

    Paths are relative to the project folder. The ledger must tie, else the exit code is 1.

    Example: caseload -p qvh run-contract-migration --impute-mode pre_production
    """
    return _one(
        door,
        Stage.RUN_CONTRACT_MIGRATION,
        source_dir=source_dir,
        output_dir=output_dir,
        contract_file=contract_file,
        target_catalog_file=target_catalog_file,
        crosswalk_dir=crosswalk_dir,
        impute_mode=impute_mode,
        engine=engine,
    )


def run_enterprise_pipeline(door: Door, min_patients: MinPatients = None) -> Answer:
    """Stage 6: hold quality rules against source, load files and contract.

    Example: caseload -p qvh run-enterprise-pipeline --min-patients 20
    """
    return _one(door, Stage.RUN_ENTERPRISE_PIPELINE, min_patients=min_patients)


def run_release_gates(door: Door, profile: Profile = None) -> Answer:
    """Stage 7: pass or fail against a profile of thresholds; the exit code says which.

    Example: caseload -p qvh run-release-gates --profile pre_production
    """
    return _one(door, Stage.RUN_RELEASE_GATES, profile=profile)


def lifecycle(
    door: Door,
    from_stage: FromStage = None,
    to_stage: ToStage = None,
    source_spec: SourceSpec = None,
    target_spec: TargetSpec = None,
    rows: Rows = None,
    seed: Seed = None,
    faults: Faults = None,
    source_dir: SourceDir = None,
    output_dir: OutputDir = None,
    contract_file: ContractFile = None,
    target_catalog_file: TargetCatalog = None,
    crosswalk_dir: CrosswalkDir = None,
    impute_mode: Impute = None,
    engine: EngineOption = None,
    min_patients: MinPatients = None,
    profile: Profile = None,
) -> Answer:
    """Run all seven stages, or those from --from to --to.

    A run that was interrupted goes on after its last finished stage; with --from, or with
    other options, a new one begins.

    Example: caseload -p qvh lifecycle --rows 20 --seed 42
    """
    return _run(
        door,
        from_stage,
        to_stage,
        resume=True,
        source_specs=source_spec,
        target_specs=target_spec,
        rows=rows,
        seed=seed,
        faults=faults,
        source_dir=source_dir,
        output_dir=output_dir,
        contract_file=contract_file,
        target_catalog_file=target_catalog_file,
        crosswalk_dir=crosswalk_dir,
        impute_mode=impute_mode,
        engine=engine,
        min_patients=min_patients,
        profile=profile,
    )


def _one(door: Door, stage: Stage, **given: Any) -> Answer:
    return _run(door, stage, stage, resume=False, **given)


def _run(
    door: Door, first: Stage | None, last: Stage | None, *, resume: bool, **given: Any
) -> Answer:
    from caseload.services import stages

    with door.open() as session:
        options = _options(stages.default_options(session), given)
        stages.check_options(session, options)
        waiting = stages.interrupted(session)
        if waiting and not door.as_json:
            door.err.print(
                f"Run {waiting.number} was interrupted; its outputs are the last good ones.",
                style="yellow",
            )
        with stop_on_signal() as cancel:  # before anything moves on the terminal: it may ask
            options = stages.with_snapshots(session, options, door.ask_secret, cancel=cancel)
        with (
            _whole_command(door, given),
            shown_progress(door) as progress,
            stop_on_signal() as cancel,
        ):
            outcome = stages.run_lifecycle(
                session,
                options,
                first=first,
                last=last,
                progress=progress,
                cancel=cancel,
                resume=resume,
            )
        _show(door, session, outcome)
    return Answer(_data(outcome), 0 if outcome.verdict is Verdict.PASS else 1)


@contextmanager
def _whole_command(door: Door, given: dict[str, Any]) -> Iterator[None]:
    """Let a remedy that names extract-specs say the project and the documents again too."""
    try:
        yield
    except UnsettledColumns as error:
        project = f" -p {shlex.quote(str(door.project))}" if door.project else ""
        again = "".join(
            f" --{side}-spec {shlex.quote(path)}"
            for side in ("source", "target")
            for path in given.get(f"{side}_specs") or ()
        )
        usual = "caseload extract-specs"
        error.remedy = error.remedy.replace(usual, f"caseload{project} extract-specs{again}")
        raise


def _options(usual: StageOptions, given: dict[str, Any]) -> StageOptions:
    said: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else plain(value)
        for key, value in given.items()
        if value is not None
    }
    return replace(usual, **said)


def _data(outcome: LifecycleOutcome) -> dict[str, Any]:
    return {
        "run": outcome.run,
        "verdict": outcome.verdict,
        "resumed_from": outcome.resumed_from,
        "stages": [
            {
                "stage": result.stage,
                "verdict": result.verdict,
                "summary": result.summary,
                "figures": result.figures,
            }
            for result in outcome.results
        ],
    }


def _show(door: Door, session: ProjectSession, outcome: LifecycleOutcome) -> None:
    if door.as_json:
        return
    from caseload.services import overview

    resumed = f", gone on from {outcome.resumed_from.value}" if outcome.resumed_from else ""
    door.table(
        f"Run {outcome.run}{resumed}",
        ["Stage", "Verdict", "What it found"],
        [[STAGE_TITLES[r.stage], r.verdict, r.summary] for r in outcome.results],
    )
    now = overview.overview(session)
    if any(result.stage is Stage.RUN_RELEASE_GATES for result in outcome.results):
        door.table(
            f"Release gates, {now.gate_profile}",
            ["Gate", "Verdict", ">Actual", "Expected", "In words"],
            [
                [g.gate, "PASS" if g.passed else "FAIL", g.actual, g.expected, g.message]
                for g in now.gates
            ],
        )
    for step in now.next_steps[:1]:
        door.say(f"Next: {step.title.lower()}. {step.detail}")
