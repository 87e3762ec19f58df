"""A new version of the specs comes in: it is put away, and what rested on the old one is looked at.

Everything happens within the transaction that takes the catalogs in.
"""

from __future__ import annotations

import csv
import dataclasses
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, partial
from pathlib import Path

from caseload.lifecycle.decisions import ApprovalHashes, changed
from caseload.lifecycle.paths import CONTRACT, CONTRACT_SUMMARY, CROSSWALKS, ROUTES
from caseload.lifecycle.spec_impact import Assessment, Grounds
from caseload.model import correction
from caseload.model.catalog import Catalog, Side
from caseload.model.contract import MappingStatus
from caseload.model.schema_diff import Outcome, SpecVersion
from caseload.specs.archive import PackedVersion, pack, unpack
from caseload.specs.compare import Differences, compare
from caseload.store.catalogs import fix_of
from caseload.store.project_file import ProjectFile
from caseload.store.records import RuleRecord

_STALE = (CONTRACT, ROUTES, CONTRACT_SUMMARY)


def archive_version(project: ProjectFile, packed: PackedVersion, *, by: str, at: str) -> bool:
    """Put a version away unless the newest one says the same; True when it was.

    Call it before the catalog is replaced: a project from before versions were kept has its
    present catalog put away first.
    """
    versions = project.spec_versions
    newest = versions.newest_fingerprint(packed.side)
    if not newest:
        newest = _archive_present(project, packed.side)
    if newest == packed.fingerprint:
        return False
    _add(project, packed, by=by, at=at)
    return True


def _archive_present(project: ProjectFile, side: Side) -> str:
    catalog = project.catalogs.load(side, corrected=False)
    if not catalog.tables:
        return ""
    packed = pack(catalog)
    taken = project.documents.specs(side)
    first = taken[0] if taken else None
    _add(
        project,
        packed,
        by=first.added_by if first else "",
        at=first.added_at if first else project.info.created_at,
    )
    return packed.fingerprint


def _add(project: ProjectFile, packed: PackedVersion, *, by: str, at: str) -> None:
    project.spec_versions.add(
        packed.side,
        packed.fingerprint,
        packed.documents,
        (packed.tables, packed.fields),
        packed.body,
        by=by,
        at=at,
    )


def version_catalog(project: ProjectFile, version: SpecVersion) -> Catalog:
    """A version's catalog with people's corrections, as the present one is shown with them."""
    read = unpack(project.spec_versions.body(version.id))
    return correction.corrected(read, map(fix_of, project.catalogs.corrections(version.side)))


def settle(project: ProjectFile, before: Catalog, after: Catalog) -> list[str]:
    """Mark the decisions that a new version of a side touches; ids of those that changed.

    An approval of what is no longer so lapses.  A rule whose target field is gone stays on
    record as an orphan, and is none any more when the field comes back.
    """
    if not before.tables:
        return []
    decided = project.spec_versions.renames(after.side)
    found = compare(before, after, decided=decided, seek_renames=False)
    other = Side.TARGET if after.side is Side.SOURCE else Side.SOURCE
    catalogs = {after.side: after, other: project.catalogs.load(other)}
    assessment = assess(project, after.side, found, catalogs=catalogs)
    target = catalogs[Side.TARGET]
    marked = []
    for record in project.contract.rules():
        rule = record.rule
        orphan = target.find(rule.target_table, rule.target_field) is None
        outcome = assessment.of_rule(dataclasses.replace(record, orphan=orphan)).outcome
        lapses = rule.status is MappingStatus.APPROVED and (
            outcome is not Outcome.KEEP or orphan != record.orphan
        )
        if lapses:
            rule = dataclasses.replace(rule, status=MappingStatus.RE_REVIEW)
        if lapses or orphan != record.orphan:
            marked.append(changed(record, rule, orphan=orphan))
    if marked:
        project.contract.put(marked)
        project.published.mark_stale(_STALE)
    return [record.rule_id for record in marked]


def assess(
    project: ProjectFile,
    side: Side,
    found: Differences,
    *,
    taken_at: str = "",
    catalogs: Mapping[Side, Catalog] | None = None,
) -> Assessment:
    """What differences of a side do to the project's rules and routes.

    `catalogs` are those of both sides as they stand, where they are at hand.
    """
    known = catalogs or {one: project.catalogs.load(one) for one in Side}
    grounds = Grounds(
        side,
        found.changes,
        found.renames,
        known[Side.SOURCE],
        known[Side.TARGET],
        crosswalk_codes(project.folder),
        taken_at,
    )
    return Assessment(grounds, project.contract.routes())


def approve_again(project: ProjectFile, side: Side, old_ids: Mapping[str, RuleRecord]) -> list[str]:
    """Give back the approvals of rules that only a rename had put in doubt; their ids.

    `old_ids` are the rules before they were renamed, by their present id.  An approval comes
    back when the rule is otherwise what was approved, and nothing that it rests on changed
    since the version it was approved against.
    """
    held = {i: r for i, r in old_ids.items() if r.rule.approved_hash and _was_approved(r)}
    if not held:
        return []
    present = {r.rule_id: r for r in project.contract.rules(list(held))}
    catalogs = {one: project.catalogs.load(one) for one in Side}
    hashes = ApprovalHashes(catalogs[Side.TARGET], project.folder / CROSSWALKS)
    decided = project.spec_versions.renames(side)
    restored = []
    for version, ids in _by_version(project, side, held).items():
        then = version_catalog(project, version)
        found = compare(then, catalogs[side], decided=decided, seek_renames=False)
        assessment = assess(project, side, found, catalogs=catalogs)
        target = then if side is Side.TARGET else catalogs[Side.TARGET]
        earlier = ApprovalHashes(target, project.folder / CROSSWALKS)
        for rule_id in ids:
            rule = present[rule_id].rule
            before = held[rule_id].rule
            same = rule.approved_hash in (earlier.hash_of(before), hashes.hash_of(before))
            kept = assessment.of_rule(present[rule_id]).outcome is Outcome.KEEP
            status = MappingStatus.APPROVED if same and kept else MappingStatus.RE_REVIEW
            digest = hashes.hash_of(rule) if same else rule.approved_hash
            rule = dataclasses.replace(rule, status=status, approved_hash=digest)
            restored.append(changed(present[rule_id], rule))
    project.contract.put(restored)
    return [r.rule_id for r in restored if r.rule.status is MappingStatus.APPROVED]


def _was_approved(record: RuleRecord) -> bool:
    return record.rule.status in (MappingStatus.APPROVED, MappingStatus.RE_REVIEW)


def _by_version(
    project: ProjectFile, side: Side, records: Mapping[str, RuleRecord]
) -> dict[SpecVersion, list[str]]:
    """Rules by the version of a side that they were approved against."""
    versions = project.spec_versions.all(side)
    found: dict[SpecVersion, list[str]] = {}
    for rule_id, record in records.items():
        known = (v for v in versions if v.taken_at < record.rule.approved_at)
        found.setdefault(next(known, versions[-1]), []).append(rule_id)
    return found


Codes = tuple[frozenset[str], frozenset[str]]


def crosswalk_codes(folder: Path) -> Callable[[str], Codes | None]:
    """What each crosswalk of a project translates and gives; see `Grounds.known_codes`."""
    return lru_cache(maxsize=None)(partial(_codes, folder / CROSSWALKS))


def _codes(folder: Path, name: str) -> Codes | None:
    path = folder / f"{name}.csv"
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows: Iterable[Mapping[str, str | None]] = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error):
        return None
    return (
        frozenset(row.get("source_value") or "" for row in rows),
        frozenset(row.get("target_value") or "" for row in rows),
    )
