"""Reads ``description/``: lines of ``|``-separated cells, ``#`` starts a comment line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from builder.model import (
    Chapter,
    CodeRow,
    CodeType,
    Mapping,
    Pack,
    Ref,
    SourceField,
    SourceTable,
    TargetField,
    TargetTable,
)

_TYPE = re.compile(r"(VARCHAR2|NUMBER|DATE)(?:\((\d+(?:,\d+)?)\))?$")
_RELEASE = re.compile(r"\d\d\.\d$")


class DescriptionError(ValueError):
    """A line of the description that cannot be read; the message says file and line."""


def read_pack(folder: Path) -> Pack:
    """Read the whole description under *folder*; raises DescriptionError."""
    pack = Pack()
    for path in sorted((folder / "source").glob("*.txt")):
        pack.source.extend(_read_source(path))
    for path in sorted((folder / "codes").glob("*.txt")):
        pack.codes.extend(_read_codes(path))
    for path in sorted((folder / "target").glob("*.txt")):
        pack.chapters.extend(_read_target(path))
    pack.codes.sort(key=lambda code: code.number)
    pack.chapters.sort(key=lambda chapter: chapter.order)
    _settle_types(pack)
    return pack


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    """Each meaningful line with its place, written file:line."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        text = line.strip()
        if text and not text.startswith("#"):
            yield f"{path.name}:{number}", text


def _cells(text: str, count: int, where: str) -> list[str]:
    """Split into exactly *count* cells; the last one may itself hold bars."""
    cells = [cell.strip() for cell in text.split("|", count - 1)]
    if len(cells) != count:
        raise DescriptionError(f"{where}: {len(cells)} cells, expected {count}: {text}")
    return cells


def _options(text: str) -> list[tuple[str, str]]:
    """``a; b=c`` as pairs; a semicolon inside quotes or brackets does not separate."""
    parts: list[str] = [""]
    quoted, depth = False, 0
    for char in text:
        if char == "'":
            quoted = not quoted
        depth += 0 if quoted else (char == "(") - (char == ")")
        if char == ";" and not quoted and depth <= 0:
            parts.append("")
        else:
            parts[-1] += char
    pairs = [part.strip().partition("=") for part in parts if part.strip()]
    return [(name.strip(), value.strip()) for name, _, value in pairs]


def _ref(text: str, where: str) -> Ref:
    table, dot, name = text.partition(".")
    if not dot or not table or not name:
        raise DescriptionError(f"{where}: {text!r} is not TABLE.Field")
    return Ref(table.strip(), name.strip())


def _read_source(path: Path) -> Iterator[SourceTable]:
    family, table = "", None
    for where, text in _lines(path):
        if text.startswith("FAMILY "):
            family = text[7:].strip()
        elif text.startswith("TABLE "):
            if table is not None:
                yield table
            name, purpose, options = _cells(text[6:], 3, where)
            entity = dict(_options(options)).get("entity", "")
            table = SourceTable(name, purpose, entity, family, where)
        elif table is None:
            raise DescriptionError(f"{where}: a field before any TABLE: {text}")
        else:
            table.fields.append(_source_field(table.name, text, where))
    if table is not None:
        yield table


def _source_field(table: str, text: str, where: str) -> SourceField:
    name, size, element, description, truth = _cells(text, 5, where)
    if not size.isdigit():
        raise DescriptionError(f"{where}: size {size!r} is not a number")
    one = SourceField(table, name, int(size), element, description, where)
    for key, value in _options(truth):
        if key == "key":
            one.key = True
        elif key == "fk":
            one.foreign.append(_ref(value, where))
        elif key == "deleted":
            one.deleted = True
        elif key in {"type", "concept", "code"}:
            setattr(one, key, value)
        elif key == "rel":
            one.release = value
        else:
            raise DescriptionError(f"{where}: unknown truth {key!r}")
    if not one.release and _RELEASE.match(description):
        one.release = description
    if one.code and not one.type:
        one.type = "code"
    return one


def _read_codes(path: Path) -> Iterator[CodeType]:
    code = None
    for where, text in _lines(path):
        if text.startswith("CODETYPE "):
            if code is not None:
                yield code
            number, name, title, standard = _cells(text[9:], 4, where)
            code = CodeType(int(number), name, title, standard, where)
        elif code is None:
            raise DescriptionError(f"{where}: a code before any CODETYPE: {text}")
        else:
            sources, target, description = _cells(text, 3, where)
            split = [value.strip() for value in sources.split(",") if value.strip()]
            code.rows.append(CodeRow(split, target, description))
    if code is not None:
        yield code


def _read_target(path: Path) -> Iterator[Chapter]:
    chapter = None
    for where, text in _lines(path):
        if text.startswith("CHAPTER "):
            if chapter is not None:
                yield chapter
            title, options = _cells(text[8:], 2, where)
            chapter = Chapter(title, float(dict(_options(options))["order"]), where)
        elif chapter is None:
            raise DescriptionError(f"{where}: a line before any CHAPTER: {text}")
        elif text.startswith("PROSE "):
            chapter.prose.append(text[6:].strip())
        elif text.startswith("TABLE "):
            name, purpose, loading, creates, options = _cells(text[6:], 5, where)
            known = dict(_options(options))
            base, entity = known.get("base", ""), known.get("entity", "")
            chapter.tables.append(
                TargetTable(name, purpose, loading, creates, base, entity, chapter.title, where)
            )
        elif not chapter.tables:
            raise DescriptionError(f"{where}: a field before any TABLE: {text}")
        else:
            table = chapter.tables[-1]
            table.fields.append(_target_field(table.name, text, where))
    if chapter is not None:
        yield chapter


def _target_field(table: str, text: str, where: str) -> TargetField:
    name, kind, presence, comment, traits, mapping = _cells(text, 6, where)
    match = _TYPE.match(kind.replace(" ", ""))
    if match is None or presence not in {"", "M", "C"}:
        raise DescriptionError(f"{where}: type {kind!r} or presence {presence!r} unknown")
    length = match[2] or ""
    one = TargetField(
        table, name, match[1], length, presence, comment, where, _mapping(mapping, where)
    )
    for key, value in _options(traits):
        if key == "unique":
            one.unique = True
        elif key == "upper":
            one.upper = True
        elif key == "fk":
            one.foreign = _ref(value, where)
        elif key == "code":
            one.code = int(value)
        elif key == "format":
            one.format = value
        elif key == "values":
            one.values = [part.strip() for part in value.split(",")]
        elif key == "cond":
            one.condition = value
        else:
            raise DescriptionError(f"{where}: unknown trait {key!r}")
    return one


def _mapping(text: str, where: str) -> Mapping:
    options = _options(text)
    if not options:
        raise DescriptionError(f"{where}: no mapping")
    mapping = Mapping(options[0][0])
    for key, value in options[1:]:
        if key == "src":
            mapping.sources += [_ref(part.strip(), where) for part in value.split(",")]
        elif key == "alt":
            mapping.alternatives += [_ref(part.strip(), where) for part in value.split(",")]
        elif key == "xwalk":
            mapping.crosswalk = value
        elif key == "expr":
            mapping.expression = value
        elif key in {"key", "parent"}:
            mapping.notes.append(key)
        elif key in {"const", "reason"}:
            mapping.notes.append(f"{key}={value}")
        else:
            raise DescriptionError(f"{where}: unknown mapping option {key!r}")
    return mapping


def _settle_types(pack: Pack) -> None:
    """Give every source field a type: a foreign key takes its parent's."""
    fields = {Ref(table.name, one.name): one for table in pack.source for one in table.fields}

    def settle(one: SourceField, seen: frozenset[str]) -> str:
        if one.type:
            return one.type
        for ref in one.foreign:
            parent = fields.get(ref)
            if parent is not None and parent.where not in seen:
                return settle(parent, seen | {one.where})
        number = (one.key or one.foreign) and one.size <= 10
        return "int" if number and not one.name.endswith(("Code", "Id")) else "text"

    settled = {ref: settle(one, frozenset()) for ref, one in fields.items()}
    for ref, one in fields.items():
        one.type = settled[ref]
