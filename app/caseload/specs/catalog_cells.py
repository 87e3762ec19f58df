"""A field as the text cells of a catalog's row, and back: nothing may get lost on the way."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from caseload.model.catalog import Check, FieldSpec, Provenance, Side, TableSpec

_LIVE = ("=", "+", "-", "@", "\t", "\n", "\0", "'")
_NUMBER = re.compile(r"[+-]?[0-9.,]+")

EMPTY_FIELD = FieldSpec("", "", 0)


def field_cells(spec: FieldSpec, side: Side) -> dict[str, str]:
    """Every attribute of a field as text, by column name, in the order of columns."""
    size = "size" if side is Side.SOURCE else "length"
    place = spec.provenance
    return {
        "table_name": spec.table_name,
        "field_name": spec.field_name,
        size: spec.length,
        "data_element": spec.data_element,
        "description": spec.description,
        "logical_delete_flag": spec.logical_delete_flag,
        "released_at": spec.released_at,
        "raw_field_name": spec.raw_field_name,
        "data_type": spec.data_type,
        "mandatory_hint": _flag(spec.mandatory),
        "parse_confidence": f"{spec.confidence:.2f}",
        "source_page": _number(place.page),
        "format": spec.format,
        "allowed_values": _joined(map(_escaped_bar, spec.allowed_values)),
        "code_type": spec.code_type,
        "foreign_table": spec.foreign_table,
        "foreign_field": spec.foreign_field,
        "position": str(spec.position),
        "key": _flag(spec.key),
        "unique": _flag(spec.unique),
        "upper": _flag(spec.upper),
        "condition": spec.condition,
        "loaded_to": spec.loaded_to,
        "source_document": place.document,
        "source_sheet": place.sheet,
        "source_row": _number(place.row),
        "source_box": _box_text(place.box),
        "checks": _joined(
            ":".join(_escaped(part) for part in ("pass" if c.passed else "fail", c.name, c.note))
            for c in spec.checks
        ),
    }


def field_of(row: Mapping[str, str], side: Side, position: int) -> FieldSpec:
    """The field a row describes; `position` counts when the row does not say one."""

    def cell(name: str) -> str:
        return row.get(name, "")

    return FieldSpec(
        table_name=cell("table_name"),
        field_name=cell("field_name"),
        position=int(cell("position") or position),
        data_type=cell("data_type"),
        length=cell("size" if side is Side.SOURCE else "length"),
        raw_field_name=cell("raw_field_name"),
        description=cell("description"),
        mandatory=cell("mandatory_hint") == "Y",
        data_element=cell("data_element"),
        logical_delete_flag=cell("logical_delete_flag"),
        released_at=cell("released_at"),
        format=cell("format"),
        allowed_values=tuple(_split(cell("allowed_values"), "|")) if cell("allowed_values") else (),
        code_type=cell("code_type"),
        foreign_table=cell("foreign_table"),
        foreign_field=cell("foreign_field"),
        key=cell("key") == "Y",
        unique=cell("unique") == "Y",
        upper=cell("upper") == "Y",
        condition=cell("condition"),
        loaded_to=cell("loaded_to"),
        provenance=Provenance(
            cell("source_document"),
            _whole(cell("source_page")),
            cell("source_sheet"),
            _whole(cell("source_row")),
            _box(cell("source_box")),
        ),
        confidence=float(cell("parse_confidence") or 1),
        checks=tuple(_checks(cell("checks"))),
    )


def table_of(row: Mapping[str, str]) -> TableSpec:
    """What a row says of its table, without name and fields."""
    parts = [*_split(row.get("table_place", ""), "|"), "", "", "", "", ""]
    place = Provenance(parts[0], _whole(parts[1]), parts[2], _whole(parts[3]), _box(parts[4]))
    order = _whole(row.get("load_order", ""))
    return TableSpec("", (), row.get("table_description", ""), order, place)


def _checks(text: str) -> Iterable[Check]:
    for part in _split(text, "|", keep_escapes=True) if text else ():
        passed, name, note = [*_split(part, ":"), "", ""][:3]
        yield Check(name, passed == "pass", note)


def place_text(place: Provenance) -> str:
    """A place as one cell; "" for an unknown one."""
    if place == Provenance():
        return ""
    parts = (place.document, _number(place.page), place.sheet, _number(place.row))
    return _joined((*map(_escaped_bar, parts), _box_text(place.box)))


def _box_text(box: tuple[float, float, float, float] | None) -> str:
    return " ".join(f"{side:.10g}" for side in box) if box else ""


def _box(text: str) -> tuple[float, float, float, float] | None:
    try:
        left, top, right, bottom = (float(part) for part in text.split())
    except ValueError:
        return None
    return (left, top, right, bottom)


def _flag(value: bool) -> str:
    return "Y" if value else "N"


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _whole(text: str) -> int | None:
    return int(text) if text.isdecimal() else None


def _escaped(text: str) -> str:
    return _escaped_bar(text).replace(":", "\\:")


def _escaped_bar(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|")


def _joined(parts: Iterable[str]) -> str:
    return "|".join(parts)


def _split(text: str, mark: str, *, keep_escapes: bool = False) -> list[str]:
    parts, current, escaping = [], "", False
    for char in text:
        if escaping:
            current += f"\\{char}" if keep_escapes else char
            escaping = False
        elif char == "\\":
            escaping = True
        elif char == mark:
            parts.append(current)
            current = ""
        else:
            current += char
    return [*parts, current]


def inert(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe goes before it."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    harmless = len(text) < 2 or not text.startswith(_LIVE) or _NUMBER.fullmatch(text)
    return text if harmless else f"'{text}"


def live(text: str) -> str:
    """What `inert` was given."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_LIVE) else text
