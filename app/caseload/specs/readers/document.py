"""From a file to a reading: what kind it is, which reader takes it, what came of it."""

from __future__ import annotations

import hashlib
import re
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

from caseload.model.catalog import DocumentRead, Provenance, ReadProblem
from caseload.model.database import SQLITE_MARK
from caseload.model.errors import BadInput, UnsettledColumns
from caseload.model.reader_profile import Assignment, ReaderProfile
from caseload.specs.readers.assemble import assemble
from caseload.specs.readers.assembled import Assembled
from caseload.specs.readers.database import is_snapshot
from caseload.specs.readers.dictionary import Unsettled, prepared
from caseload.specs.readers.finish import finish
from caseload.specs.readers.grid import Extracted, Reading, Tell
from caseload.specs.readers.profile_match import fitting, in_words

_KINDS = {
    "pdf": (".pdf",),
    "xlsx": (".xlsx", ".xlsm", ".xltx"),
    "xls": (".xls", ".xlt"),
    "ods": (".ods", ".ots"),
    "docx": (".docx", ".docm", ".dotx"),
    "csv": (".csv", ".tsv", ".txt", ".tab"),
    "sql": (".sql", ".ddl"),
    "json": (".json", ".jsonschema"),
    "sqlite": (".db", ".db3", ".sqlite", ".sqlite3"),
}
_TITLES = {
    "pdf": "a PDF",
    "xlsx": "an Excel workbook",
    "docx": "a Word document",
    "csv": "text",
    "xls": "a workbook of Excel before 2007",
    "ods": "an OpenDocument spreadsheet",
    "sql": "SQL",
    "json": "JSON",
    "snapshot": "a snapshot of a database",
    "sqlite": "a SQLite database",
}
_DATABASES = ("snapshot", "sqlite")
_OF_TEXT = ("csv", "sql", "json")
_READABLE = "xlsx, xls, ods, csv, docx, PDF, SQL or JSON Schema"
_CREATES = re.compile(rb"^[ \t]*CREATE\s+(?:\w+\s+){0,3}TABLE\b", re.IGNORECASE | re.MULTILINE)
_HEAD_BYTES = 65_536
_MOST_BYTES = 300_000_000
_MOST_TEXT = 60_000_000
_MOST_UNPACKED = 400_000_000
_MOST_PARTS = 5_000
_BOMB_RATIO = 150
_MAY_HOLD_FIELDS = 10


def read_document(
    path: Path,
    name: str,
    tell: Tell,
    assignment: Assignment | None = None,
    profiles: Sequence[ReaderProfile] = (),
) -> Reading:
    """Read one document into tables and fields; `name` is what messages call it.

    `assignment` is what a person said of its columns; without one, that of the profile which
    fits it counts.

    Call it in a child process (see `caseload.specs.sandbox`): the file is not trusted.

    Raises:
        BadInput: the file is missing, empty, damaged, encrypted, too large, of another kind
            than its name says, or its columns cannot be told.
    """
    if kind_of(path, name) in _DATABASES:
        return _declared(path, name, tell)
    kind, extracted = extract_document(path, name, lambda share, text: tell(share * 0.8, text))
    profile = None if assignment else fitting(profiles, kind, name, extracted.grids)
    extracted.assignment = profile.assignment if profile else assignment
    ready, unsettled = prepared(extracted, kind)
    read = assemble(ready, lambda share: tell(0.8 + 0.15 * share, "fields"))
    tables = finish(read, ready)
    if not tables and not read.descriptions:
        raise _nothing(name, extracted, read, unsettled)
    read.problems += _not_read(name, unsettled)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    document = DocumentRead(name, digest, kind, in_words(profile) if profile else "")
    return Reading(document, tables, read.problems, read.descriptions)


def _declared(path: Path, name: str, tell: Tell) -> Reading:
    """What a database says of itself, which needs no guessing."""
    from caseload.specs.readers import database

    if kind_of(path, name) == "sqlite":
        return database.read_sqlite(path, name, tell)
    return database.read_snapshot(path, name, tell)


def extract_document(path: Path, name: str, tell: Tell) -> tuple[str, Extracted]:
    """The kind of a document and its grids, before anything is made of them.

    Raises:
        BadInput: see `read_document`; whether columns can be told is not asked.
    """
    kind = kind_of(path, name)
    if kind in _DATABASES:
        raise BadInput("A database says itself what its columns are", where=name)
    return kind, _extractor(kind)(path, name, tell)


def _extractor(kind: str) -> Callable[[Path, str, Tell], Extracted]:
    """The reader of a kind; each imports its library only when it is needed."""
    if kind == "pdf":
        from caseload.specs.readers import pdf

        return pdf.extract
    if kind in ("xlsx", "xls", "ods"):
        from caseload.specs.readers import xlsx

        return xlsx.extract
    if kind == "docx":
        from caseload.specs.readers import docx

        return docx.extract
    if kind == "sql":
        from caseload.specs.readers import sql_ddl

        return sql_ddl.extract
    if kind == "json":
        from caseload.specs.readers import json_schema

        return json_schema.extract
    from caseload.specs.readers import csv_text

    return csv_text.extract


def kind_of(path: Path, name: str) -> str:
    """pdf, xlsx, xls, ods, docx, csv, sql or json: by content, held against the name's ending.

    Raises:
        BadInput: see `read_document`.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except FileNotFoundError:
        raise BadInput("There is no such document", where=name) from None
    except OSError as error:
        raise BadInput(f"The document cannot be opened: {error.strerror}", where=name) from None
    if not size:
        raise BadInput("The document is empty (zero bytes)", where=name, remedy="Copy it again")
    kind = _by_content(path, name, head)
    limit = _MOST_TEXT if kind in _OF_TEXT else _MOST_BYTES
    if size > limit:
        raise BadInput(
            f"The document has {size // 1_000_000} MB; at most {limit // 1_000_000} are read",
            where=name,
            remedy="A dictionary is far smaller: check that it is the right file",
        )
    expected = next((k for k, ends in _KINDS.items() if path.suffix.lower() in ends), None)
    if expected is None:
        raise BadInput(
            f"Documents of the kind {path.suffix or 'without an ending'} are not read",
            where=name,
            remedy=f"Give a dictionary as {_READABLE}",
        )
    if kind == "snapshot" and expected == "json":
        return kind
    if kind == "csv" and expected in _OF_TEXT:
        return "sql" if expected == "csv" and _CREATES.search(head) else expected
    if expected != kind:
        raise BadInput(
            f"The name says {_TITLES[expected]}, but the file is {_TITLES[kind]}"
            if kind != "csv"
            else f"The file is not {_TITLES[expected]}, though its name says so",
            where=name,
            remedy="Rename it to what it is, or copy it again",
        )
    return kind


def _by_content(path: Path, name: str, head: bytes) -> str:
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith(b"PK\x03\x04"):
        return _archive_kind(path, name)
    if head.startswith(SQLITE_MARK):
        return "sqlite"
    if is_snapshot(head):
        return "snapshot"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return _compound_kind(path, name)
    return "csv"


def _compound_kind(path: Path, name: str) -> str:
    """The kind of a file in the compound format of Office before 2007: only workbooks are read."""
    with path.open("rb") as file:
        data = file.read(_MOST_BYTES)
    streams = [stream.encode("utf-16-le") for stream in ("Workbook", "Book")]
    if "EncryptedPackage".encode("utf-16-le") not in data and any(s in data for s in streams):
        return "xls"
    raise BadInput(
        "The document is encrypted with a password, or a Word document from before 2007",
        where=name,
        remedy="Save it as xlsx or docx without a password",
    )


def _archive_kind(path: Path, name: str) -> str:
    """The kind of an Office file, after a look at what it claims to unpack to."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise BadInput(
            "The document is damaged or cut short", where=name, remedy="Copy the file again"
        ) from None
    unpacked = sum(part.file_size for part in parts)
    packed = max(1, sum(part.compress_size for part in parts))
    bomb = unpacked > 30_000_000 and unpacked / packed > _BOMB_RATIO
    if len(parts) > _MOST_PARTS:
        raise BadInput(
            f"The document is packed of {len(parts):,} parts; it was not opened",
            where=name,
            remedy="A dictionary has few: check where the file comes from",
        )
    if unpacked > _MOST_UNPACKED or bomb:
        raise BadInput(
            f"The document unpacks to {unpacked // 1_000_000} MB from {packed // 1_000} KB;"
            " it was not opened",
            where=name,
            remedy="A dictionary is far smaller: check where the file comes from",
        )
    if any(part.flag_bits & 1 for part in parts):
        raise BadInput("The document is encrypted with a password", where=name)
    names = {part.filename for part in parts}
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "word/document.xml" in names:
        return "docx"
    if "content.xml" in names and _is_spreadsheet(path):
        return "ods"
    raise BadInput("The archive holds neither a workbook nor a Word document", where=name)


def _is_spreadsheet(path: Path) -> bool:
    """Whether an OpenDocument file says that it is a spreadsheet."""
    with zipfile.ZipFile(path) as archive:
        try:
            with archive.open("mimetype") as part:
                return b"opendocument.spreadsheet" in part.read(200)
        except (
            KeyError,
            OSError,
            ValueError,
            EOFError,
            NotImplementedError,
            zipfile.BadZipFile,
            zlib.error,
        ):
            return False


def _nothing(
    name: str, extracted: Extracted, read: Assembled, unsettled: Sequence[Unsettled]
) -> BadInput:
    """Why nothing was found, with the columns of the largest grid."""
    if not extracted.grids:
        return BadInput(
            "The document has no table that could describe fields",
            where=name,
            remedy="Check that it is the data dictionary or the migration guide",
        )
    seen = [*unsettled, *(Unsettled(rows, "", texts) for rows, texts in read.unsettled)]
    most = max(seen, key=lambda one: one.rows, default=Unsettled(0, "", ()))
    shown = ", ".join(f'"{text[:40]}"' for text in most.columns if text) or "none"
    missing = "table" if most.guessed else "table and field"
    return UnsettledColumns(
        f"The columns for {missing} cannot be told; columns seen: {shown}",
        where=f"{name}, sheet {most.sheet}" if most.sheet else name,
        document=name,
        columns=most.columns,
        sheet=most.sheet,
        guessed={**most.likely, **most.guessed},
    )


def _not_read(name: str, unsettled: Sequence[Unsettled]) -> list[ReadProblem]:
    """Sheets left out beside others that were read, where they may hold fields."""
    return [
        ReadProblem(
            f"The columns of a grid of {one.rows} rows cannot be told; it was not read",
            Provenance(name, sheet=one.sheet),
        )
        for one in unsettled
        if one.rows >= _MAY_HOLD_FIELDS and sum(map(bool, one.columns)) > 2
    ]
