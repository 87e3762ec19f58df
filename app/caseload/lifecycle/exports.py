"""Writing catalogs and contract out again from the project file, which is the truth.

After a person's decision, and before a stage reads a file that is gone or was altered.  An
altered file is not lost: a copy goes to backups/altered/.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from caseload.contract.files import contract_hash, write_contract
from caseload.lifecycle.paths import (
    CATALOG_SUMMARY,
    CONTRACT,
    CONTRACT_SUMMARY,
    CROSSWALKS,
    ROUTES,
    SOURCE_CATALOG,
    TARGET_CATALOG,
)
from caseload.model.catalog import Catalog, Side
from caseload.model.contract import Contract, MappingClass
from caseload.model.stage import Stage
from caseload.specs.catalog_files import catalog_csv, summary
from caseload.store.files import copy_atomically, sha256_of, write_bytes
from caseload.store.project_file import ProjectFile
from caseload.store.records import ContractVersion, OutputFile, utc_text

_FILE_OF = {Side.SOURCE: SOURCE_CATALOG, Side.TARGET: TARGET_CATALOG}
_CATALOG_FILES = (SOURCE_CATALOG, TARGET_CATALOG, CATALOG_SUMMARY)
_CONTRACT_FILES = (CONTRACT, ROUTES, CONTRACT_SUMMARY)


def export_catalogs(
    project: ProjectFile,
    *,
    keep_altered: bool = False,
    catalogs: Mapping[Side, Catalog] | None = None,
    sides: Collection[Side] = tuple(Side),
) -> list[str]:
    """Write both catalogs and their summary, with people's corrections.

    `catalogs` are both as they stand, where they are at hand; of `sides` alone the files are
    written.  Answers with the files that changed.

    Raises:
        EnvironmentTrouble: a file cannot be written; it stays as it was.
    """
    known = catalogs or {side: project.catalogs.load(side) for side in Side}
    if not any(catalog.tables for catalog in known.values()):
        return []
    texts = {_FILE_OF[side]: catalog_csv(known[side]) for side in Side if side in sides}
    counts = summary(known[Side.SOURCE], known[Side.TARGET])
    texts[CATALOG_SUMMARY] = json.dumps(counts, indent=2, ensure_ascii=False) + "\n"
    contents = {path: text.encode() for path, text in texts.items()}
    return _write(project, contents, Stage.EXTRACT_SPECS, keep_altered=keep_altered)


def export_contract(
    project: ProjectFile, *, by: str, at: datetime, keep_altered: bool = False
) -> list[str]:
    """Write rules and routes, and bring the summary up to date.

    A contract that changed gets a new version.  Answers with the files that changed.

    Raises:
        EnvironmentTrouble: a file cannot be written; it stays as it was.
    """
    contract = project.contract.load()
    if not contract.rules:
        return []
    sha256 = contract_hash(contract, crosswalk_hashes(project.folder))
    latest = project.contract.latest_version()
    if latest is None or latest.sha256 != sha256:
        contract.version = (latest.version if latest else 0) + 1
        with project.unaudited():
            project.contract.add_version(
                ContractVersion(contract.version, sha256, utc_text(at), by, "edited"),
                contract.scope,
            )
    with TemporaryDirectory() as folder:
        rules, routes = Path(folder) / "rules.csv", Path(folder) / "routes.csv"
        write_contract(contract, rules, routes)
        contents = {CONTRACT: rules.read_bytes(), ROUTES: routes.read_bytes()}
    old = project.folder / CONTRACT_SUMMARY
    if old.is_file():
        contents[CONTRACT_SUMMARY] = _contract_summary(old, contract, sha256)
    return _write(project, contents, Stage.BUILD_MAPPING_CONTRACT, keep_altered=keep_altered)


def crosswalk_hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of every crosswalk of a project, by name."""
    return {p.stem: sha256_of(p) for p in sorted((folder / CROSSWALKS).glob("*.csv"))}


def restore_inputs(
    project: ProjectFile, paths: Sequence[str], *, by: str, at: datetime
) -> list[str]:
    """Write out again those of `paths` that are gone, altered, or behind the decisions.

    Answers with the files that changed.

    Raises:
        EnvironmentTrouble: a file cannot be written.
    """
    known = {f.path: f for f in project.published.all()}

    def behind(files: Sequence[str]) -> bool:
        wanted = [known[path] for path in files if path in paths and path in known]
        return any(project.published.hash_on_disk(f.path, f) != f.sha256 for f in wanted)

    restored: list[str] = []
    if behind(_CATALOG_FILES):
        restored += export_catalogs(project, keep_altered=True)
    if behind(_CONTRACT_FILES):
        restored += export_contract(project, by=by, at=at, keep_altered=True)
    return restored


def _contract_summary(path: Path, contract: Contract, sha256: str) -> bytes:
    try:
        data: dict[str, Any] = json.loads(path.read_bytes())
    except ValueError:
        data = {}
    by_table: dict[str, Counter[str]] = {}
    for rule in contract.rules:
        by_table.setdefault(rule.target_table, Counter())[rule.mapping_class.value] += 1
    total = Counter(rule.mapping_class.value for rule in contract.rules)
    data.update(
        target_table_count=len(by_table),
        target_field_count=len({(r.target_table, r.target_field) for r in contract.rules}),
        mapping_class_counts={c.value: total[c.value] for c in MappingClass},
        target_table_class_breakdown={
            table: {c.value: counts[c.value] for c in MappingClass if counts[c.value]}
            for table, counts in by_table.items()
        },
        contract_version=contract.version,
        contract_sha256=sha256,
    )
    data.setdefault("policy_override_count", 0)
    return (json.dumps(data, indent=2, ensure_ascii=False) + "\n").encode()


def _write(
    project: ProjectFile, contents: dict[str, bytes], stage: Stage, *, keep_altered: bool
) -> list[str]:
    """Write what differs from the disk, and record all of it as the good version."""
    known = {f.path: f for f in project.published.all()}
    latest = project.runs.latest_done(stage)
    written: list[str] = []
    for path, content in contents.items():
        target = project.folder / path
        if target.is_file() and target.read_bytes() == content:
            continue
        before = known.get(path)
        if keep_altered and before and before.sha256 and target.is_file():
            _keep(project.folder, path)
        write_bytes(target, content)
        written.append(path)
    with project.unaudited():
        for path in contents:
            before = known.get(path)
            number = before.run_number if before else latest.run_number if latest else None
            if number is not None:
                target = project.folder / path
                file = OutputFile(path, sha256_of(target), target.stat().st_size)
                project.published.record(file, number, stage)
    return written


def _keep(folder: Path, path: str) -> None:
    target = folder / path
    name = f"{target.stem}-{sha256_of(target)[:8]}{target.suffix}"
    copy_atomically(target, folder / "backups" / "altered" / name)
