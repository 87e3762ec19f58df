"""A schema as JSON: JSON Schema of any draft, or a plain list of columns.

An object with properties is a table, and so is an array of objects inside one.  Only references
within the document are followed; nothing is ever fetched.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from caseload.model.catalog import Provenance, ReadProblem
from caseload.model.errors import BadInput
from caseload.specs.readers.cells import reference
from caseload.specs.readers.csv_text import decoded
from caseload.specs.readers.grid import Extracted, Grid, Row, Tell
from caseload.specs.readers.json_lists import plain_grids, text_of
from caseload.specs.readers.names import clean_cell
from caseload.specs.readers.plain_rows import canonical_cells, every_column
from caseload.specs.readers.vocabulary import Role

_DEEPEST = 40
_MOST_PARTS = 1_000
_MOST_TABLES = 20_000
_MOST_PROBLEMS = 50
_POOLS = ("$defs", "definitions", "schemas")
_FOREIGN_KEYS = ("x-foreign-key", "x-foreignKey", "foreignKey", "x-references", "x-fk")
_PRIMARY_KEYS = ("x-primary-key", "x-primaryKey", "primaryKey", "x-pk")
_ELEMENTS = ("x-data-element", "x-dataElement", "dataElement")
_CODES = ("x-code-type", "x-codeType", "codeType", "x-value-set", "x-code-list")
_DELETED = ("x-deleted", "x-logical-delete-flag")
_RELEASED = ("x-released-at", "x-releasedAt", "x-since")
_DATES = {"date": "date", "date-time": "datetime", "time": "time"}
_NAME = re.compile(r"[^A-Za-z0-9_$#]+")

Json = Mapping[str, Any]


def extract(path: Path, name: str, tell: Tell) -> Extracted:
    """Read a JSON Schema's objects as tables, or a JSON list of columns as a grid.

    Raises:
        BadInput: the file is no JSON, or describes no table.
    """
    tell(0.0, "JSON")
    text = decoded(path.read_bytes(), name)
    try:
        root = json.loads(text)
    except json.JSONDecodeError as error:
        raise BadInput(
            f"The JSON cannot be read: {error.msg}",
            where=f"{name}, line {error.lineno}",
            remedy="Export the schema again",
        ) from None
    except RecursionError:
        raise BadInput("The JSON is nested too deeply to be a schema", where=name) from None
    except ValueError:
        raise BadInput("The JSON holds a number that is too long", where=name) from None
    if not _is_schema(root):
        return Extracted(plain_grids(root, name))
    reader = _Schema(root, name, text)
    reader.read(Path(name).stem)
    return Extracted(reader.grids, reader.problems)


def _is_schema(root: object) -> bool:
    if not isinstance(root, Mapping):
        return False
    pools = any(isinstance(root.get(pool), Mapping) for pool in (*_POOLS, "components"))
    return "$schema" in root or pools or isinstance(root.get("properties"), Mapping)


class _Schema:
    """Walks a schema; each object met is a table once."""

    def __init__(self, root: Json, name: str, text: str) -> None:
        self._root = root
        self._name = name
        self._lines = _Lines(text)
        self._done: dict[int, str] = {}
        self._names: set[str] = set()
        self.grids: list[Grid] = []
        self.problems: list[ReadProblem] = []

    def read(self, stem: str) -> None:
        """Take the schema's own object, then those it defines."""
        if self._fields(self._root):
            self._table(self._root, _title(self._root) or stem.removesuffix(".schema"), 0)
        pools = [self._root.get(pool) for pool in _POOLS]
        components = self._root.get("components")
        pools.append(components.get("schemas") if isinstance(components, Mapping) else None)
        for pool in pools:
            for name, schema in pool.items() if isinstance(pool, Mapping) else ():
                found = self._resolved(schema)
                if found is not None and self._fields(found):
                    self._table(found, str(name), 0)

    def _table(self, schema: Json, name: str, depth: int) -> str:
        """Add an object as a table; its name, also when it was added before."""
        if id(schema) in self._done:
            return self._done[id(schema)]
        name = self._free(clean_cell(_NAME.sub("_", name).strip("_")) or "object")
        self._done[id(schema)] = name
        if depth > _DEEPEST or len(self.grids) >= _MOST_TABLES:
            self._problem(f"Table {name} is nested too deeply; it was not read", 0)
            return name
        needed = self._required(schema)
        keys = _listed(_first(schema, _PRIMARY_KEYS))
        grid = Grid([], settled=every_column(), table=name, described=_said(schema))
        self.grids.append(grid)
        self._lines.enter(name)
        for field, inner in self._fields(schema).items():
            line = self._lines.of(field)
            found = self._resolved(inner)
            if found is None:
                self._problem(f"{name}.{field} refers to what is not in this document", line or 0)
                found = inner if isinstance(inner, Mapping) else {}
            child = self._child(found)
            if child is not None:
                named = _referred(inner) or _referred(found.get("items")) or _title(child)
                self._table(child, named or f"{name}_{field}", depth + 1)
                continue
            cells = self._cells(name, str(field), found)
            cells[Role.MANDATORY] = "Y" if field in needed and not _may_be_null(found) else "N"
            if field in keys:
                cells[Role.KEY] = "Y"
            about = inner.get("description") if isinstance(inner, Mapping) else None
            if isinstance(about, str):
                cells[Role.DESCRIPTION] = clean_cell(about)
            grid.rows.append(Row(canonical_cells(cells), Provenance(self._name, row=line)))
        return name

    def _cells(self, table: str, field: str, schema: Json) -> dict[Role, str]:
        kind, inner = _kind(schema), schema
        if kind == "array":
            inner = self._resolved(schema.get("items")) or {}
        values = inner.get("enum", [inner["const"]] if "const" in inner else [])
        foreign = _foreign(_first(schema, _FOREIGN_KEYS))
        said = {
            Role.TABLE: table,
            Role.FIELD: clean_cell(field),
            Role.TYPE: kind.upper(),
            Role.LENGTH: _length(inner),
            Role.DESCRIPTION: _said(schema),
            Role.ELEMENT: text_of(_first(schema, _ELEMENTS)),
            Role.CODE_TYPE: text_of(_first(schema, _CODES)),
            Role.DELETED: _flag(_first(schema, _DELETED), schema.get("deprecated")),
            Role.RELEASED: text_of(_first(schema, _RELEASED)),
            Role.KEY: "Y" if _first(schema, _PRIMARY_KEYS) is True else "",
            Role.UNIQUE: "Y" if schema.get("x-unique") is True else "",
            Role.FOREIGN_TABLE: foreign[0],
            Role.FOREIGN_FIELD: foreign[1],
            Role.FORMAT: _form(inner),
        }
        if isinstance(values, Sequence) and not isinstance(values, str):
            said[Role.VALUES] = "".join(f"{text_of(v)}\n" for v in values if v is not None)
        return said

    def _child(self, schema: Json) -> Json | None:
        """The object that a property holds, or holds many of, when it has properties itself."""
        if self._fields(schema):
            return schema
        items = schema.get("items")
        found = self._resolved(items) if isinstance(items, Mapping) else None
        return found if found is not None and self._fields(found) else None

    def _fields(self, schema: Json) -> dict[str, Any]:
        """An object's properties, with those of the parts it is composed of."""
        found: dict[str, Any] = {}
        for part in self._parts(schema):
            own = part.get("properties")
            found |= own if isinstance(own, Mapping) else {}
        return found

    def _required(self, schema: Json) -> set[str]:
        named: set[str] = set()
        for part in self._parts(schema):
            listed = part.get("required")
            named |= {str(one) for one in listed} if isinstance(listed, list) else set()
            own = part.get("properties")
            for field, inner in own.items() if isinstance(own, Mapping) else ():
                if isinstance(inner, Mapping) and inner.get("required") is True:
                    named.add(field)
        return named

    def _parts(self, schema: Json) -> list[Json]:
        """A schema and all that it is composed of, each once, in order."""
        parts: list[Json] = []
        waiting: list[Json] = [schema]
        seen: set[int] = set()
        while waiting and len(parts) < _MOST_PARTS:
            part = waiting.pop()
            if id(part) in seen:
                continue
            seen.add(id(part))
            parts.append(part)
            composed = part.get("allOf")
            inner = map(self._resolved, composed if isinstance(composed, list) else ())
            waiting += reversed([one for one in inner if one is not None])
        return parts

    def _resolved(self, schema: object) -> Json | None:
        """What a schema is, references within the document followed; None when one leads out."""
        for _ in range(_DEEPEST):
            if not isinstance(schema, Mapping):
                return {} if isinstance(schema, bool) else None
            target = schema.get("$ref")
            if not isinstance(target, str):
                return _only_choice(schema)
            if not target.startswith("#"):
                return None
            schema = self._pointed(target[1:])
        return None

    def _pointed(self, pointer: str) -> object:
        node: object = self._root
        for step in pointer.strip("/").split("/") if pointer.strip("/") else ():
            step = step.replace("~1", "/").replace("~0", "~").replace("%20", " ")
            node = node.get(step) if isinstance(node, Mapping) else None
        return node

    def _free(self, name: str) -> str:
        number, free = 2, name
        while free.casefold() in self._names:
            free, number = f"{name}_{number}", number + 1
        self._names.add(free.casefold())
        return free

    def _problem(self, message: str, line: int) -> None:
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems.append(ReadProblem(message, Provenance(self._name, row=line or None)))


class _Lines:
    """Finds the line on which a property stands, going forward through the text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._ends = [match.start() for match in re.finditer("\n", text)]

    def enter(self, table: str) -> None:
        """Go on from where a table's name stands, if it does; else from the beginning."""
        found = re.search(rf'"{re.escape(table)}"\s*:', self._text)
        self._at = found.start() if found else 0

    def of(self, name: str) -> int | None:
        """The line of the next property of that name, from 1; None if it is not found."""
        wanted = re.compile(rf"{re.escape(json.dumps(name, ensure_ascii=False))}\s*:")
        found = wanted.search(self._text, self._at) or wanted.search(self._text)
        if not found:
            return None
        self._at = found.start()
        return bisect_right(self._ends, found.start()) + 1


def _first(schema: Json, names: Sequence[str]) -> Any:
    return next((schema[name] for name in names if name in schema), None)


def _title(schema: Json) -> str:
    title = schema.get("title")
    return title if isinstance(title, str) and len(title) <= 64 else ""


def _said(schema: Json) -> str:
    about = schema.get("description")
    if not isinstance(about, str):
        about = schema.get("title") if "properties" not in schema else ""
    return clean_cell(about) if isinstance(about, str) else ""


def _flag(given: object, deprecated: object) -> str:
    if given is None:
        return "1" if deprecated is True else ""
    return str(int(given)) if isinstance(given, bool) else text_of(given)


def _listed(value: object) -> set[str]:
    if isinstance(value, list):
        return {str(one) for one in value}
    return {value} if isinstance(value, str) else set()


def _only_choice(schema: Json) -> Json:
    """The one alternative that is not null, with what stands beside the choice."""
    for name in ("anyOf", "oneOf"):
        options = schema.get(name)
        if isinstance(options, list):
            real = [o for o in options if isinstance(o, Mapping) and o.get("type") != "null"]
            if len(real) == 1 and "$ref" not in real[0]:
                nullable = {"nullable": True} if len(real) < len(options) else {}
                return {**real[0], **{k: v for k, v in schema.items() if k != name}, **nullable}
    return schema


def _types(schema: Json) -> list[str]:
    kind = schema.get("type")
    if isinstance(kind, list):
        return [str(one) for one in kind]
    return [kind] if isinstance(kind, str) else []


def _may_be_null(schema: Json) -> bool:
    return "null" in _types(schema) or schema.get("nullable") is True


def _kind(schema: Json) -> str:
    """The type of a property; dates are strings to JSON, but not to a database."""
    kind = next((one for one in _types(schema) if one != "null"), "")
    form = schema.get("format")
    if kind in ("string", "") and isinstance(form, str) and form in _DATES:
        return _DATES[form]
    if kind:
        return kind
    if "properties" in schema:
        return "object"
    values = schema.get("enum")
    plain = isinstance(values, list) and all(isinstance(one, str) for one in values)
    return "string" if plain or "maxLength" in schema or "pattern" in schema else ""


def _form(schema: Json) -> str:
    """The format or pattern of a property; that of a date is its type."""
    form = schema.get("format")
    return text_of(schema.get("pattern")) if form in (None, *_DATES) else text_of(form)


def _referred(schema: object) -> str:
    """The last step of a reference, which names what it leads to."""
    target = schema.get("$ref") if isinstance(schema, Mapping) else None
    return target.rpartition("/")[2] if isinstance(target, str) else ""


def _length(schema: Json) -> str:
    for name in ("maxLength", "x-length", "x-precision"):
        if isinstance(schema.get(name), int):
            scale = schema.get("x-scale")
            digits = f",{scale}" if isinstance(scale, int) and scale else ""
            return f"{schema[name]}{digits}"
    return ""


def _foreign(said: object) -> tuple[str, str]:
    """A reference as an extension of the schema says it: {table, field} or "TABLE.field"."""
    if isinstance(said, Mapping):
        table = text_of(said.get("table") or said.get("entity"))
        return table, text_of(said.get("field") or said.get("column") or said.get("property"))
    pair = reference(said) if isinstance(said, str) else None
    return pair or ("", "")
