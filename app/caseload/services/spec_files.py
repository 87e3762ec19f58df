"""Spec documents and catalog files read only to be compared; nothing of them is kept."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from caseload.model.catalog import Catalog, Side
from caseload.model.errors import BadInput
from caseload.model.progress import CancelToken, SilentProgress
from caseload.model.reader_profile import ReaderProfile
from caseload.model.schema_diff import SpecVersion

_CATALOG_COLUMNS = {"table_name", "field_name"}
_SOURCE_COLUMN = "size"


def read_version(
    path: Path, side: Side | None = None, *, profiles: Sequence[ReaderProfile] = ()
) -> tuple[SpecVersion, Catalog]:
    """A document, or a catalog's CSV, as a version of a side's specs.

    Without a `side` it is told from what the fields say: a load guide types its fields.

    Raises:
        BadInput: there is no such file, or it cannot be read.
    """
    if not path.is_file():
        raise BadInput(
            f"There is no file {path.name}",
            where=str(path),
            remedy="Name a version's number, latest, previous, or a document or catalog CSV",
        )
    header = _csv_header(path)
    if header >= _CATALOG_COLUMNS:
        catalog = _from_csv(path, side or _side_of(header))
    else:
        catalog = _from_document(path, side, profiles)
    version = SpecVersion(
        0,
        catalog.side,
        0,
        path.name,
        sha256(path.read_bytes()).hexdigest(),
        catalog.documents,
        len(catalog.tables),
        catalog.field_count,
        kept=False,
    )
    return version, catalog


def _csv_header(path: Path) -> set[str]:
    if path.suffix.casefold() != ".csv":
        return set()
    with path.open("rb") as file:
        line = file.readline(65_536).decode("utf-8-sig", errors="replace")
    try:
        return set(next(csv.reader(io.StringIO(line)), []))
    except csv.Error:
        return set()


def _side_of(header: set[str]) -> Side:
    return Side.SOURCE if _SOURCE_COLUMN in header else Side.TARGET


def _from_csv(path: Path, side: Side) -> Catalog:
    from caseload.specs.catalog_files import read_catalog

    return read_catalog(path, side)


def _from_document(path: Path, side: Side | None, profiles: Sequence[ReaderProfile]) -> Catalog:
    from caseload.specs.merge import merged
    from caseload.specs.sandbox import read_documents

    readings = read_documents(
        [(path, path.name)], SilentProgress(), CancelToken(), profiles=profiles
    )
    if side is None:
        typed = any(f.data_type for r in readings for t in r.tables for f in t.fields)
        side = Side.TARGET if typed else Side.SOURCE
    return merged(side, readings)
