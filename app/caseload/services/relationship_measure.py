"""Links measured on rows: how many values the parent has, whether it is unique, who is orphaned.

Reads the CSV files of a folder table by table and keeps figures only, never values.
"""

from __future__ import annotations

import dataclasses
import shutil
from collections import defaultdict
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

from caseload.lifecycle.paths import MOCK_SOURCE, MOCK_TARGET
from caseload.model.catalog import Catalog, Side
from caseload.model.errors import BadInput, Refused
from caseload.model.fingerprint import digest
from caseload.model.progress import CancelToken, PartOfProgress, Progress
from caseload.model.relationship import Relationship, link_id
from caseload.model.views import ChangeKind, ChangeSet
from caseload.services import mapping_view
from caseload.services.permission import Permission
from caseload.store.records import LinkMeasure, utc_text

if TYPE_CHECKING:
    from caseload.engine.keys import KeyFigures, KeyValues
    from caseload.services.session import ProjectSession
    from caseload.specs.meaning import CatalogMeaning
    from caseload.specs.meaning.relationships_measured import Measured

Fields = tuple[str, tuple[str, ...]]
MOST_SEEKERS = 2500
SHORTEST = 3
_DOUBTFUL_FROM = 0.1


def measure(
    session: ProjectSession,
    side: Side,
    progress: Progress,
    cancel: CancelToken,
    *,
    folder: Path | None = None,
) -> ChangeSet:
    """Measure a side's links on the rows of `folder` (else the mock data's) and keep the figures.

    Links that only the rows speak for are found as well.  Cancelled, it keeps nothing.

    Raises:
        BadInput: there are no rows to measure on.
        Cancelled: it was stopped.
        Refused: the project is open read-only.
    """
    session.require(Permission.EDIT_CATALOG)
    if session.read_only:
        raise Refused(
            "The project is open read-only",
            where=session.project_name,
            remedy="Open it for writing once nobody else has it open",
        )
    catalog = mapping_view.catalog(session, side)
    data = _folder(session, side, folder)
    tables = [name for name in catalog.tables if (data / f"{name}.csv").is_file()]
    if not tables:
        raise BadInput(
            f"There are no {side.value} rows to measure on",
            where=str(data),
            remedy="Run generate-mock-data, or name a folder with one TABLE.csv a table",
        )
    identity = _identity(data, tables)
    found = _measured(session, catalog, data, tables, progress, cancel)
    label = f"measure {side.value} relationships"
    with session.command(Permission.EDIT_CATALOG, "relationships.measure", side.value) as command:
        at = utc_text(command.at)
        session.project.relationships.replace_measures(
            side, [LinkMeasure(name, side, body, identity, at) for name, body in found.items()]
        )
        command.detail.update(what=label, links=len(found), tables=len(tables))
    proposed = sum(body["found"] for body in found.values())
    count = "1 relationship" if len(found) == 1 else f"{len(found):,} relationships"
    message = f"{count} measured on {len(tables):,} tables"
    if proposed:
        message += f"; {proposed:,} found in the data alone"
    return ChangeSet(((ChangeKind.CATALOG, ()), (ChangeKind.AUDIT, ())), message=message)


def _folder(session: ProjectSession, side: Side, folder: Path | None) -> Path:
    given = folder or Path(MOCK_SOURCE if side is Side.SOURCE else MOCK_TARGET)
    return given if given.is_absolute() else session.folder / given


def _identity(data: Path, tables: list[str]) -> str:
    """Which rows these are: a hash over the files' names, sizes and times."""
    stats = {name: (data / f"{name}.csv").stat() for name in tables}
    return digest({name: [stat.st_size, stat.st_mtime_ns] for name, stat in stats.items()})


def _measured(
    session: ProjectSession,
    catalog: Catalog,
    data: Path,
    tables: list[str],
    progress: Progress,
    cancel: CancelToken,
) -> dict[str, dict[str, Any]]:
    from caseload.engine.connection import open_engine
    from caseload.engine.keys import KeyValues
    from caseload.services.relationships import understood
    from caseload.specs.meaning.relationships_measured import seekers

    progress.report(0.0, "Finding what to measure")
    whole = understood(session, catalog)
    doubtful = [link for link in whole.doubtful if link.confidence >= _DOUBTFUL_FROM]
    links = [*whole.relationships, *_decided(session, catalog), *doubtful]
    present = set(tables)
    links = [link for link in links if {link.child, link.parent} <= present]
    seeking = [at for at in seekers(catalog, whole) if at[0] in present][:MOST_SEEKERS]
    owners: list[Fields] = [
        (key.table, key.fields) for key in whole.keys.values() if len(key.fields) == 1
    ]
    owners = [at for at in owners if at[0] in present]
    # Beside the project, so that no row leaves the folder that people chose for them.
    own = session.folder / "data"
    own.mkdir(exist_ok=True)
    scratch = Path(mkdtemp(prefix="measure_", dir=own))
    try:
        with open_engine(scratch, folders=(data,), cancel=cancel) as engine:
            values = KeyValues(engine, data)
            asked = _asked(links, [*seeking, *owners])
            _read(values, asked, PartOfProgress(progress, 0.02, 0.8), cancel)
            found = {}
            for link in links:
                cancel.raise_if_cancelled()
                body = _body(values, link)
                if body is not None:
                    found[_id(catalog.side, link)] = {**body, "found": False}
            _sought(
                values, catalog, whole, seeking, owners, found, PartOfProgress(progress, 0.8, 1.0)
            )
            return found
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _decided(session: ProjectSession, catalog: Catalog) -> list[Relationship]:
    return [
        Relationship(d.child, d.child_fields, d.parent, d.parent_fields)
        for d in session.project.relationships.decisions(catalog.side)
    ]


def _asked(
    links: list[Relationship], more: list[Fields]
) -> dict[str, tuple[set[tuple[str, ...]], set[tuple[str, ...]]]]:
    """By table, the sets of fields to read, and those of them that are parents."""
    asked: dict[str, tuple[set[tuple[str, ...]], set[tuple[str, ...]]]] = defaultdict(
        lambda: (set(), set())
    )
    for link in links:
        asked[link.child][0].add(link.child_fields)
        for part in asked[link.parent]:
            part.add(link.parent_fields)
    for table, fields in more:
        asked[table][0].add(fields)
    return asked


def _read(
    values: KeyValues,
    asked: dict[str, tuple[set[tuple[str, ...]], set[tuple[str, ...]]]],
    progress: Progress,
    cancel: CancelToken,
) -> None:
    for place, (table, (fields, parents)) in enumerate(asked.items()):
        cancel.raise_if_cancelled()
        progress.report(place / len(asked), f"{place + 1} of {len(asked)} tables", table)
        try:
            values.read(table, sorted(fields), parents)
        except BadInput as trouble:
            progress.log(f"{trouble.what}: left out", level="warning", table=table)


def _figures(values: KeyValues, child: Fields, parent: Fields) -> Measured | None:
    from caseload.specs.meaning.relationships_measured import Measured

    found = values.compare(child, parent)
    if found is None:
        return None
    return Measured(
        rows=found.child.rows,
        filled=found.child.filled,
        distinct=found.child.distinct,
        included=found.included,
        orphans=found.orphans,
        parent_filled=found.parent.filled,
        parent_distinct=found.parent.distinct,
        sampled=not found.child.whole,
    )


def _body(values: KeyValues, link: Relationship) -> dict[str, Any] | None:
    figures = _figures(values, (link.child, link.child_fields), (link.parent, link.parent_fields))
    if figures is None:
        return None
    return {
        **dataclasses.asdict(figures),
        "child": link.child,
        "child_fields": list(link.child_fields),
        "parent": link.parent,
        "parent_fields": list(link.parent_fields),
    }


def _sought(
    values: KeyValues,
    catalog: Catalog,
    whole: CatalogMeaning,
    seeking: list[Fields],
    owners: list[Fields],
    found: dict[str, dict[str, Any]],
    progress: Progress,
) -> None:
    """Add the links that rows alone speak for: values found in a key, and enough of them."""
    from caseload.specs.meaning.relationships import PROPOSED_FROM
    from caseload.specs.meaning.relationships_measured import (
        ENOUGH_VALUES,
        INCLUDED_FROM,
        from_data,
        likely,
        speaks_of,
        with_measure,
    )

    known = [(at, values.figures(at)) for at in seeking]
    among = [at for at, own in known if own is not None and own.distinct >= ENOUGH_VALUES]
    pairs: dict[tuple[Fields, Fields], Measured] = {}
    for place, parent in enumerate(owners):
        progress.report(place / len(owners), "Seeking keys in other fields", parent[0])
        of_parent = values.figures(parent, parent=True)
        if of_parent is None or not of_parent.unique or of_parent.distinct < ENOUGH_VALUES:
            continue
        for child in values.found_in(parent, among, least_share=INCLUDED_FROM):
            own = values.figures(child)
            if child[0] == parent[0] or own is None or not _alike(own, of_parent):
                continue
            if own.digits and not speaks_of(whole, child, parent):
                continue
            figures = _figures(values, child, parent)
            if figures is not None and likely(figures):
                pairs[child, parent] = figures
    best: dict[Fields, tuple[float, Relationship]] = {}
    for (at, figures), link in zip(pairs.items(), from_data(catalog, whole, pairs), strict=True):
        sure = with_measure(link, figures).confidence
        if sure >= PROPOSED_FROM and sure > best.get(at[0], (0.0,))[0]:
            best[at[0]] = (sure, link)
    for _, link in best.values():
        body = _body(values, link)
        if body is not None:
            found.setdefault(_id(catalog.side, link), {**body, "found": True})


def _alike(own: KeyFigures, parent: KeyFigures) -> bool:
    """Whether a child's values have the form of the parent's, and more than a code's length."""
    within = parent.shortest <= own.shortest and own.longest <= parent.longest
    return within and own.longest >= SHORTEST and own.digits == parent.digits


def _id(side: Side, link: Relationship) -> str:
    return link_id(side, link.child, link.child_fields, link.parent, link.parent_fields)
