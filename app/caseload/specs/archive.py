"""A version of a side's specs as it is put away: the whole catalog, and what tells it apart.

It is packed where the documents are read, in a process of its own, and unpacked only when two
versions are compared.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from caseload.model.catalog import Catalog, DocumentRead, FieldSpec, Side, TableSpec
from caseload.model.errors import BadInput
from caseload.specs.catalog_files import catalog_from_dict, catalog_to_dict

TRAITS = (
    "data_type", "length", "mandatory", "condition", "key", "unique", "foreign_table",
    "foreign_field", "format", "allowed_values", "code_type", "upper", "logical_delete_flag",
    "released_at", "data_element", "loaded_to", "description",
)  # fmt: skip
"""What of a field makes a version another one; where and how surely it was read does not."""


@dataclass(frozen=True, slots=True)
class PackedVersion:
    """A catalog put away.

    `fingerprint` changes with any trait of a table or field and with the documents' bytes;
    `body` is for `unpack`.
    """

    side: Side
    fingerprint: str
    documents: tuple[DocumentRead, ...]
    tables: int
    fields: int
    body: bytes


def pack(catalog: Catalog) -> PackedVersion:
    """Put a catalog away, table by table, so that no other thread waits long."""
    data = catalog_to_dict(catalog)
    tables = data.pop("tables")
    squeeze = zlib.compressobj(6)
    parts = [squeeze.compress(_line(data))]
    parts += [squeeze.compress(_line(table)) for table in tables]
    parts.append(squeeze.flush())
    return PackedVersion(
        catalog.side,
        fingerprint(catalog),
        catalog.documents,
        len(catalog.tables),
        catalog.field_count,
        b"".join(parts),
    )


def unpack(body: bytes) -> Catalog:
    """The catalog that `pack` put away.

    Raises:
        BadInput: it is damaged.
    """
    try:
        lines = zlib.decompress(body).decode().split("\n")
        head: dict[str, Any] = json.loads(lines[0])
        tables = [json.loads(line) for line in lines[1:] if line]
        return catalog_from_dict({**head, "tables": tables})
    except (zlib.error, ValueError, KeyError, TypeError) as error:
        raise BadInput(
            "An archived version of the specs is damaged",
            remedy="Restore the newest copy of the project from its backups folder",
        ) from error


def fingerprint(catalog: Catalog) -> str:
    """SHA-256 hex of what the catalog says and of the documents it was read from."""
    hasher = hashlib.sha256()
    hasher.update(_line(sorted(d.sha256 for d in catalog.documents)))
    for table in catalog.tables.values():
        hasher.update(_line(_table_traits(table)))
    return hasher.hexdigest()


def write(folder: Path, catalog: Catalog) -> None:
    """Pack a catalog into `folder`, for `read` in another process."""
    packed = pack(catalog)
    head = {
        "side": packed.side.value,
        "fingerprint": packed.fingerprint,
        "documents": [asdict(d) for d in packed.documents],
        "tables": packed.tables,
        "fields": packed.fields,
    }
    _place(folder, catalog.side).write_bytes(_line(head) + packed.body)


def read(folder: Path, side: Side) -> PackedVersion | None:
    """What `write` packed of a side; None when it packed nothing."""
    if not _place(folder, side).is_file():
        return None
    line, _, body = _place(folder, side).read_bytes().partition(b"\n")
    head = json.loads(line)
    documents = tuple(DocumentRead(**d) for d in head["documents"])
    return PackedVersion(
        Side(head["side"]), head["fingerprint"], documents, head["tables"], head["fields"], body
    )


def _place(folder: Path, side: Side) -> Path:
    return folder / f"{side.value}_version.bin"


def _table_traits(table: TableSpec) -> list[Any]:
    fields = [[f.field_name, *(_plain(f, name) for name in TRAITS)] for f in table.fields]
    return [table.name, table.description, table.load_order, fields]


def _plain(spec: FieldSpec, name: str) -> Any:
    value = getattr(spec, name)
    return list(value) if isinstance(value, tuple) else value


def _line(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
