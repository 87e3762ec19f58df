"""Versions of the specs: what differs between two of them, and what that does to decisions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from caseload.model.catalog import Catalog, Side
from caseload.model.contract import MappingStatus, Rule
from caseload.model.correction import corrected
from caseload.model.errors import BadInput
from caseload.model.schema_diff import (
    FieldPlace,
    Impact,
    Outcome,
    Rename,
    RenameState,
    SchemaComparison,
    SpecVersion,
    Touched,
)
from caseload.model.views import ChangeSet
from caseload.services import mapping_view, spec_files, spec_renames
from caseload.services.permission import Permission
from caseload.services.spec_export import sheets
from caseload.services.surroundings import now
from caseload.store.catalogs import fix_of

if TYPE_CHECKING:
    from caseload.services.session import ProjectSession

LATEST, PREVIOUS = "latest", "previous"
Named = SpecVersion | int | str | Path
"""A version, its number, `latest`, `previous`, or the path of a document or catalog CSV."""

_REMEDY = "See `caseload schema versions`"


def versions(session: ProjectSession, side: Side) -> tuple[SpecVersion, ...]:
    """A side's versions, newest first."""
    return tuple(session.project.spec_versions.all(side))


def compare(
    session: ProjectSession, a: Named, b: Named, side: Side | None = None
) -> SchemaComparison:
    """Every difference from version `a` to version `b`, with people's corrections in both.

    May work for a second: not for the thread that draws the window.

    Raises:
        BadInput: there is no such version or file, or the two are of different sides.
    """
    side = side or next((n.side for n in (a, b) if isinstance(n, SpecVersion)), None)
    files: dict[Path, tuple[SpecVersion, Catalog]] = {}
    for named in (a, b):
        if isinstance(named, Path) and named not in files:
            files[named] = _read(session, named, side)
            side = side or files[named][0].side
    known = versions(session, side or Side.SOURCE)
    old, old_catalog = _found(session, a, known, files)
    new, new_catalog = _found(session, b, known, files)
    if old.side is not new.side:
        raise BadInput(
            f"{old.label} is of the {old.side.value} and {new.label} of the {new.side.value}",
            remedy="Compare two versions of one side; add --side",
        )
    edits = session.project.audit.lines(action="schemas.", limit=1)
    token = (old.fingerprint, new.fingerprint, edits[0].seq if edits else 0)
    return session.cached(
        f"schema comparison:{side or old.side}:{old.id}:{new.id}",
        token,
        lambda: spec_renames.compared(session, old, new, old_catalog(), new_catalog()),
    )


def compare_files(a: Path, b: Path, side: Side | None = None) -> SchemaComparison:
    """Every difference between two documents or catalog CSVs, without a project.

    Raises:
        BadInput: a file is missing or cannot be read.
    """
    from caseload.specs.compare import compare as differ

    new, new_catalog = spec_files.read_version(b, side)
    old, old_catalog = spec_files.read_version(a, side or new.side)
    found = differ(old_catalog, new_catalog)
    return SchemaComparison(
        new.side, old, new, tuple(found.changes), tuple(found.renames), tuple(found.refused)
    )


def impact(session: ProjectSession, comparison: SchemaComparison) -> tuple[Impact, ...]:
    """What a comparison does to every mapping, route and correction: orphans first, kept last."""
    return session.cached(
        f"schema impact:{comparison.side}:{comparison.old.id}:{comparison.new.id}",
        (session.project.audit.head(), comparison),
        lambda: _impact(session, comparison),
    )


def _impact(session: ProjectSession, comparison: SchemaComparison) -> tuple[Impact, ...]:
    from caseload.lifecycle.refresh import assess
    from caseload.specs.compare import Differences

    found = Differences(
        list(comparison.changes), list(comparison.renames), list(comparison.refused)
    )
    assessment = assess(
        session.project,
        comparison.side,
        found,
        taken_at=comparison.new.taken_at,
        catalogs={side: mapping_view.catalog(session, side) for side in Side},
    )
    impacts = assessment.of_rules(session.project.contract.rules()) + assessment.of_routes()
    impacts += _corrections(session, comparison)
    order = list(Outcome)
    return tuple(sorted(impacts, key=lambda i: order.index(i.outcome)))


def _corrections(session: ProjectSession, comparison: SchemaComparison) -> list[Impact]:
    """How people's corrections stand to what the newer version says."""
    from caseload.model.correction import Standing, standing
    from caseload.specs.archive import unpack

    corrections = session.project.catalogs.corrections(comparison.side)
    fixes = [fix_of(c) for c in corrections if c.table_name]
    if not fixes or not comparison.new.kept:
        return []
    read = unpack(session.project.spec_versions.body(comparison.new.id))
    outcomes = {Standing.WAITING: Outcome.ORPHAN, Standing.ALTERED: Outcome.RE_REVIEW}
    found = []
    for fix in fixes:
        stands = standing(read, fix)
        outcome = outcomes.get(stands, Outcome.KEEP)
        reasons = () if stands is Standing.HOLDS else (f"{fix.by}'s correction: {stands.value}",)
        place = FieldPlace(fix.table, fix.field)
        found.append(
            Impact(Touched.CORRECTION, fix.qualified, outcome, reasons, (place,), decided=True)
        )
    return found


def doubts(session: ProjectSession, rule_id: str, rule: Rule) -> tuple[str, ...]:
    """What newer versions of the specs did to a rule whose approval lapsed; in plain words.

    Empty when it lapsed for another reason, or did not.
    """
    if rule.status is not MappingStatus.RE_REVIEW:
        return ()
    found: list[str] = []
    for side in Side:
        known = versions(session, side)
        then = (v for v in known if v.taken_at < rule.approved_at)
        older = next(then, known[-1] if known else None)
        if older is None or older == known[0]:
            continue
        impacts = impact(session, compare(session, older, known[0]))
        found += (
            reason
            for i in impacts
            if i.on is Touched.MAPPING and i.id == rule_id and i.outcome is not Outcome.KEEP
            for reason in i.reasons
        )
    return tuple(found)


def counts(impacts: Sequence[Impact], on: Touched = Touched.MAPPING) -> dict[Outcome, int]:
    """How many decisions of one sort have each outcome; all outcomes are there."""
    return {o: sum(i.outcome is o and i.on is on for i in impacts) for o in Outcome}


def renames(session: ProjectSession, side: Side) -> tuple[Rename, ...]:
    """What people said of a side's renames, oldest first."""
    return tuple(d.rename for d in session.project.spec_versions.renames(side))


def confirm_rename(
    session: ProjectSession,
    side: Side,
    old: FieldPlace | str,
    new: FieldPlace | str,
    why: str = "",
) -> ChangeSet:
    """Say that a field or table goes by another name now; its decisions go along.

    Raises:
        BadInput: the old name is still there or never was, or the new one is not there or
            was there before.
    """
    return spec_renames.confirm(session, side, [(old, new)], why)


def confirm_renames(
    session: ProjectSession,
    side: Side,
    pairs: Sequence[tuple[FieldPlace | str, FieldPlace | str]],
    why: str = "",
) -> ChangeSet:
    """Confirm several renames in one command, which is taken back at once.

    Raises:
        BadInput: there is none, or one of them cannot be (see `confirm_rename`).
    """
    return spec_renames.confirm(session, side, pairs, why)


def surest(comparison: SchemaComparison, least: float) -> tuple[Rename, ...]:
    """The renames that wait for a person and are at least so sure."""
    return tuple(
        r for r in comparison.renames if r.state is RenameState.PROPOSED and r.confidence >= least
    )


def refuse_rename(
    session: ProjectSession,
    side: Side,
    old: FieldPlace | str,
    new: FieldPlace | str,
    why: str = "",
) -> ChangeSet:
    """Say that two names are two things; the rename is not proposed again.

    Raises:
        BadInput: the names are not of that side, or the rename was confirmed before.
    """
    return spec_renames.refuse(session, side, old, new, why)


def export_comparison(
    session: ProjectSession, comparison: SchemaComparison, path: Path
) -> ChangeSet:
    """Write a comparison and its impact to an .xlsx: summary, changes, renames, impact.

    Raises:
        Refused: the person may not export.
        EnvironmentTrouble: the file cannot be written; one that was there stays.
    """
    from caseload.services.excel import write_workbook

    session.require(Permission.EXPORT)
    found = sheets(comparison, impact(session, comparison))
    write_workbook(path, found, created=session.clock())
    return ChangeSet(message=f"The comparison was written to {path.name}")


def export_files(comparison: SchemaComparison, path: Path) -> None:
    """Write a comparison of two files to an .xlsx, without a project.

    Raises:
        EnvironmentTrouble: the file cannot be written; one that was there stays.
    """
    from caseload.services.excel import write_workbook

    write_workbook(path, sheets(comparison), created=now())


def _read(session: ProjectSession, path: Path, side: Side | None) -> tuple[SpecVersion, Catalog]:
    """A file as a version; its side is that with which it shares most tables."""
    profiles = session.project.reader_profiles.all()
    version, catalog = spec_files.read_version(path, side, profiles=profiles)
    if side is None:
        shared = {
            one: len(catalog.tables.keys() & mapping_view.catalog(session, one).tables.keys())
            for one in Side
        }
        best = max(shared, key=lambda one: (shared[one], one is version.side))
        if best is not version.side:
            version, catalog = spec_files.read_version(path, best, profiles=profiles)
    fixes = map(fix_of, session.project.catalogs.corrections(version.side))
    return version, corrected(catalog, fixes)


def _found(
    session: ProjectSession,
    named: Named,
    known: Sequence[SpecVersion],
    files: Mapping[Path, tuple[SpecVersion, Catalog]],
) -> tuple[SpecVersion, Callable[[], Catalog]]:
    if isinstance(named, Path):
        version, catalog = files[named]
        return version, lambda: catalog
    version = named if isinstance(named, SpecVersion) else version_named(known, named)
    return version, lambda: _catalog(session, version)


def _catalog(session: ProjectSession, version: SpecVersion) -> Catalog:
    from caseload.lifecycle.refresh import version_catalog

    return version_catalog(session.project, version)


def version_named(known: Sequence[SpecVersion], name: int | str) -> SpecVersion:
    """The version of that number or word among those of a side, newest first.

    Raises:
        BadInput: there is none.
    """
    text = str(name).strip().casefold()
    if text in (LATEST, PREVIOUS):
        at = (LATEST, PREVIOUS).index(text)
        if at < len(known):
            return known[at]
        what = "no version of the specs" if not known else "only one version of the specs"
        raise BadInput(f"There is {what} yet", remedy="Take in a document with extract-specs")
    digits = text.removeprefix("v")
    for version in known:
        if digits.isdigit() and version.number == int(digits):
            return version
    there = ", ".join(f"v{v.number}" for v in reversed(known)) or "none"
    raise BadInput(f"There is no version {name}", where=f"there are: {there}", remedy=_REMEDY)
