"""What narrows the fields on show, and the same in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from caseload.gui.pages.schemas_words import DOUBTFUL
from caseload.model.catalog import Side
from caseload.model.views import FieldQuery

BANDS = (
    ("below", "below 0.90"),
    ("low", "below 0.70"),
    ("doubtful", "0.70 to 0.89"),
    ("fair", "0.90 to 0.97"),
    ("sure", "0.98 and above"),
)
"""Bands of confidence as the chip offers them."""

BELOW = ("low", "doubtful")
"""The bands of the services that are doubtful together; the others have the chip's own key."""

MORE = (
    ("unmapped", "Unmapped"),
    ("mapped", "Mapped"),
    ("corrected", "Corrected"),
    ("problems", "With problems"),
    ("key", "Key"),
    ("changed", "Changed since the last version"),
)
"""What else narrows, as the second chip offers it."""


def bands_of(keys: Sequence[str]) -> tuple[str, ...]:
    """The bands of the services that a choice of the chip means."""
    return BELOW if "below" in keys else tuple(keys)


def band_keys(bands: Sequence[str]) -> tuple[str, ...]:
    """The choice of the chip that means those bands."""
    return ("below",) if set(bands) == set(BELOW) else tuple(bands)


@dataclass(frozen=True, slots=True)
class Filter:
    """Every filter of the page; `cells` are words by column, `changed` the names that changed."""

    text: str = ""
    mandatory: bool | None = None
    bands: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    cells: Mapping[str, str] = field(default_factory=dict)
    changed: frozenset[tuple[str, str]] | None = None

    @property
    def narrow(self) -> bool:
        """True when it hides anything."""
        return bool(
            self.text or self.mandatory is not None or self.bands or self.more or self.cells
        )

    @property
    def doubtful_only(self) -> bool:
        """True when only what is below 0.90 is shown."""
        return bool(self.bands) and set(self.bands) <= set(BELOW)

    def query(self, side: Side, table: str, sort: str, *, descending: bool) -> FieldQuery:
        """The fields that it leaves of a side or of one of its tables."""
        more = set(self.more)
        mapped = None if {"mapped", "unmapped"} <= more else "mapped" in more
        return FieldQuery(
            side=side,
            table=table,
            text=self.text,
            mandatory=self.mandatory,
            bands=self.bands,
            mapped=mapped if more & {"mapped", "unmapped"} else None,
            corrected=True if "corrected" in more else None,
            key=True if "key" in more else None,
            problems=True if "problems" in more else None,
            cells=tuple(self.cells.items()),
            among=(self.changed or frozenset()) if "changed" in more else None,
            sort=sort,
            descending=descending,
        )

    def words(self, titles: Mapping[str, str]) -> str:
        """It in words: "below 0.90, unmapped"; `titles` are of columns."""
        said = []
        if self.text:
            said.append(f"with \u201c{self.text}\u201d")
        if self.bands:
            said.append(_band_words(self.bands))
        if self.mandatory is not None:
            said.append("mandatory" if self.mandatory else "not mandatory")
        names = dict(MORE)
        said += [names[key][:1].lower() + names[key][1:] for key in self.more]
        said += [cell_words(titles.get(key, key), text) for key, text in self.cells.items()]
        return ", ".join(said)

    def with_cell(self, key: str, text: str) -> Filter:
        """The same with other words for one column; none take its filter off."""
        cells = {name: words for name, words in self.cells.items() if name != key}
        return replace(self, cells={**cells, key: text.strip()} if text.strip() else cells)


def cell_words(title: str, text: str) -> str:
    """The filter of a column in words."""
    if text == "=":
        return f"{title} empty"
    if text == "!=":
        return f"{title} not empty"
    if text.startswith("!="):
        return f"{title} not \u201c{text[2:]}\u201d"
    if text.startswith("="):
        return f"{title} is \u201c{text[1:]}\u201d"
    return f"{title} has \u201c{text}\u201d"


def _band_words(bands: tuple[str, ...]) -> str:
    if set(bands) == set(BELOW):
        return f"below {DOUBTFUL:.2f}"
    return " or ".join(words for key, words in BANDS if key in bands)
