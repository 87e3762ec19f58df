"""The columns of the field table: what each says, which trait it edits, which are shown first."""

from __future__ import annotations

from dataclasses import dataclass

from caseload.gui import words
from caseload.gui.components.gridmodel import Column
from caseload.gui.pages.schemas_words import (
    DOUBTFUL,
    corrected_words,
    foreign_words,
    format_trait,
    format_words,
    one_line,
    place_words,
    type_words,
    used_words,
)
from caseload.model.catalog import FieldSpec, Side
from caseload.model.views import FieldRow

FieldColumn = Column[FieldRow]


@dataclass(frozen=True, slots=True)
class Kind:
    """A column with the trait it edits ("" for none) and whether it is shown to begin with."""

    column: FieldColumn
    trait: str = ""
    on: frozenset[Side] = frozenset(Side)

    @property
    def title(self) -> str:
        """What the column chooser calls it."""
        return _CHOOSER.get(self.column.key, self.column.title)


_CHOOSER = {"position": "Number", "mandatory": "Mandatory", "key": "Key", "confidence": "Certain"}
_NONE: frozenset[Side] = frozenset()
_TARGET = frozenset({Side.TARGET})
_SOURCE = frozenset({Side.SOURCE})


def _certain(row: FieldRow) -> tuple[float, str]:
    return row.spec.confidence, "warn" if row.spec.confidence < DOUBTFUL else "ok"


def _flag(key: str, title: str, sign: str, width: int) -> FieldColumn:
    said = _CHOOSER.get(key, title)

    def text(row: FieldRow) -> str:
        return said if getattr(row.spec, key) else ""

    def icon(row: FieldRow) -> tuple[str, str] | None:
        return (sign, "text_1") if getattr(row.spec, key) else None

    return Column(key, title, text, width, "icon", icon)


def _plain(key: str, title: str, width: int, kind: str = "path", stretch: int = 0) -> FieldColumn:
    def text(row: FieldRow) -> str:
        return one_line(str(getattr(row.spec, key)))

    return Column(key, title, text, width, kind, stretch=stretch)


def kinds(side: Side, *, paged: bool) -> tuple[Kind, ...]:
    """Every column of a side's table, in order."""
    target = side is Side.TARGET
    place = "Page" if paged else "Row"
    size = "Length" if target else "Size"
    return (
        Kind(
            Column(
                "position",
                "#",
                lambda r: words.number(r.spec.position),
                38,
                "quiet",
                tone=lambda _r: "text_3",
                align="right",
            )
        ),
        Kind(Column("table_name", "Table", lambda r: r.spec.table_name, 136, "path", stretch=2)),
        Kind(
            Column(
                "field_name",
                "Field",
                lambda r: r.spec.field_name,
                170 if target else 118,
                "name",
                stretch=5 if target else 3,
            ),
            "field_name",
        ),
        Kind(_plain("raw_field_name", "As read", 140, "mono"), "", _NONE),
        Kind(
            Column("data_type", "Type", lambda r: type_words(r.spec), 116, "path"),
            "type",
            _TARGET,
        ),
        Kind(
            Column("length", size, lambda r: r.spec.length, 56, "quiet", align="right"),
            "length",
            _SOURCE,
        ),
        Kind(_flag("mandatory", "M", "check", 30), "mandatory", _TARGET),
        Kind(_flag("key", "K", "key-round", 30), "key", _NONE),
        Kind(_flag("unique", "Unique", "check", 60), "unique", _NONE),
        Kind(
            Column(
                "binding",
                "Format or key",
                lambda r: format_words(r.spec),
                98,
                "path",
                stretch=3,
                sortable=False,
            ),
            "binding",
            _TARGET,
        ),
        Kind(_plain("format", "Format", 130), "format", _NONE),
        Kind(_plain("code_type", "Code type", 130), "code_type", _NONE),
        Kind(
            Column("foreign_table", "Foreign key", lambda r: foreign_words(r.spec), 160, "path"),
            "foreign_key",
            _NONE,
        ),
        Kind(
            Column("allowed_values", "Values", lambda r: ", ".join(r.spec.allowed_values), 110),
            "allowed_values",
            _NONE,
        ),
        Kind(_plain("condition", "Condition", 130, "quiet"), "condition", _NONE),
        Kind(_plain("loaded_to", "Loaded to", 150, "path"), "loaded_to", _NONE),
        Kind(
            _plain("data_element", "Data element", 98),
            "data_element",
            _SOURCE,
        ),
        Kind(
            _plain("description", "Description", 92 if not target else 180, "quiet", stretch=4),
            "description",
            _SOURCE,
        ),
        Kind(_plain("released_at", "Release", 62, "quiet"), "released_at", _SOURCE),
        Kind(
            _plain("logical_delete_flag", "Delete flag", 80, "quiet"), "logical_delete_flag", _NONE
        ),
        Kind(
            Column(
                "confidence", "Certain", lambda r: f"{r.spec.confidence:.2f}", 86, "score", _certain
            )
        ),
        Kind(
            Column("place", place, lambda r: place_words(r.spec), 50, "quiet", align="right"),
        ),
        Kind(Column("used_by", "Mapped", used_words, 110, "path"), "", _NONE),
        Kind(Column("corrected_by", "Corrected", corrected_words, 96, "quiet"), "", _NONE),
    )


def trait_of(kind: Kind, spec: FieldSpec) -> str:
    """The trait that editing a cell changes; "" where it cannot be edited."""
    return format_trait(spec) if kind.trait == "binding" else kind.trait
