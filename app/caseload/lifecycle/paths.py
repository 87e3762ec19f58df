"""Where a project's files are: the names that formats.md gives and the options may change."""

from __future__ import annotations

from pathlib import Path

from caseload.model.errors import BadInput
from caseload.model.stage import StageOptions

SOURCE_CATALOG = "schemas/source_schema_catalog.csv"
TARGET_CATALOG = "schemas/target_schema_catalog.csv"
CATALOG_SUMMARY = "schemas/schema_catalog_summary.json"
CROSSWALKS = "schemas/crosswalks"
MATRIX = "reports/semantic_mapping_matrix.csv"
CONTRACT = "reports/mapping_contract.csv"
ROUTES = "reports/mapping_contract_routes.csv"
CONTRACT_SUMMARY = "reports/mapping_contract_summary.json"
MOCK_SOURCE = "mock_data/source"
MOCK_TARGET = "mock_data/target"
MIGRATED = "mock_data/target_contract"
SPECS = "requirement_spec"
RUNS = "data/runs"
OWN_FOLDERS = (
    SPECS,
    "schemas",
    MOCK_SOURCE,
    MOCK_TARGET,
    "reports",
    "analysis",
    "documents",
    "snapshots",
    "packs",
    "data",
    "backups",
)


def within(project_dir: Path, path: str, *, option: str, inputs: tuple[str, ...] = ()) -> str:
    """An output folder given in an option, relative to the project folder, with `/`.

    Raises:
        BadInput: it leads out of the project folder, or to what the project keeps there, or
            to a folder that is read (`inputs`): an output folder is published as a whole, in
            the place of all that it held.
    """
    resolved = (project_dir / path).resolve()
    if not resolved.is_relative_to(project_dir) or resolved == project_dir:
        raise BadInput(
            "Outputs go below the project folder",
            where=f"{option} {path}",
            remedy="Name a folder in the project, such as mock_data/target_contract",
        )
    for name in (*OWN_FOLDERS, *filter(None, inputs)):
        own = (project_dir / name).resolve()
        if resolved.is_relative_to(own) or own.is_relative_to(resolved):
            raise BadInput(
                f"Outputs would replace {name}, which the project keeps or reads",
                where=f"{option} {path}",
                remedy="Name another folder, such as mock_data/target_contract",
            )
    return resolved.relative_to(project_dir).as_posix()


def source_dir(options: StageOptions) -> str:
    """The folder of the source data."""
    return options.source_dir or MOCK_SOURCE


def output_dir(options: StageOptions) -> str:
    """The folder of the migrated target data."""
    return options.output_dir or MIGRATED


def crosswalk_dir(options: StageOptions) -> str:
    """The folder of the crosswalks."""
    return options.crosswalk_dir or CROSSWALKS


def target_catalog(options: StageOptions) -> str:
    """The target catalog's file."""
    return options.target_catalog_file or TARGET_CATALOG


def contract_files(options: StageOptions) -> tuple[str, ...]:
    """The contract's rules file and its routes file (beside it, or else the project's)."""
    if not options.contract_file:
        return CONTRACT, ROUTES
    given = Path(options.contract_file)
    beside = given.with_name(f"{given.stem}_routes{given.suffix}").as_posix()
    return options.contract_file, beside, ROUTES
