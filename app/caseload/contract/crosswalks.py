"""Crosswalks: tables from a source code to a target code, each a small CSV.

A source value that ends in `*` is a prefix; the longest prefix wins and an exact value wins
over any prefix, so exceptions are simply listed.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from caseload.engine.connection import Engine
from caseload.engine.csv_out import file_sha256
from caseload.model.errors import BadInput

COLUMNS = ("source_value", "target_value", "description")


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """One crosswalk: `pairs` of source and target value, exact; `prefixes` longest first."""

    name: str
    pairs: tuple[tuple[str, str], ...]
    prefixes: tuple[tuple[str, str], ...] = ()
    sha256: str = ""
    path: Path | None = field(default=None, compare=False)

    @property
    def engine_table(self) -> str:
        """The name of its table (k, target) in the engine."""
        return f"crosswalk#{self.name}"

    @property
    def targets(self) -> frozenset[str]:
        """Every target value it can give."""
        return frozenset(target for _, target in (*self.pairs, *self.prefixes) if target)


def read_crosswalks(folder: Path, names: Iterable[str] | None = None) -> dict[str, Crosswalk]:
    """Every crosswalk of `folder`, or those named that exist there, by name.

    Raises BadInput with file and line for a missing column, a value given twice, or a line
    without a source value.
    """
    paths = sorted(folder.glob("*.csv")) if folder.is_dir() else []
    wanted = None if names is None else set(names)
    return {
        path.stem: read_crosswalk(path) for path in paths if wanted is None or path.stem in wanted
    }


def read_crosswalk(path: Path) -> Crosswalk:
    """Read and check one crosswalk.  Raises BadInput as `read_crosswalks` does."""
    try:
        content = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as trouble:
        raise BadInput(
            f"The crosswalk {path.stem} cannot be read: {type(trouble).__name__}",
            where=path.name,
            remedy="Save it as CSV in UTF-8",
        ) from None
    reader = csv.DictReader(io.StringIO(content, newline=""))
    header = [name.strip() for name in reader.fieldnames or []]
    reader.fieldnames = header
    for column in COLUMNS[:2]:
        if column not in header:
            raise BadInput(
                f"The crosswalk {path.stem} has no column {column}",
                where=f"{path.name}, line 1",
                remedy=f"Its columns are {', '.join(COLUMNS)}",
            )
    pairs: dict[str, str] = {}
    lines: dict[str, int] = {}
    for row in reader:
        line = reader.line_num
        source = (row["source_value"] or "").strip()
        if not source:
            raise BadInput(
                f"The crosswalk {path.stem} has a line without a source value",
                where=f"{path.name}, line {line}, column source_value",
                remedy="Give it one or remove the line",
            )
        if source in pairs:
            raise BadInput(
                f"The crosswalk {path.stem} has {source} twice",
                where=f"{path.name}, line {line}; the first is on line {lines[source]}",
                remedy="Keep one of them",
            )
        pairs[source] = (row["target_value"] or "").strip()
        lines[source] = line
    prefixes = {s[:-1]: t for s, t in pairs.items() if s.endswith("*") and len(s) > 1}
    exact = {s: t for s, t in pairs.items() if s[:-1] not in prefixes or not s.endswith("*")}
    ranked = sorted(prefixes.items(), key=lambda item: (-len(item[0]), item[0]))
    return Crosswalk(path.stem, tuple(exact.items()), tuple(ranked), file_sha256(path), path)


def load_crosswalk(engine: Engine, crosswalk: Crosswalk) -> None:
    """Create the crosswalk's table in the engine."""
    pairs = [(source, target or None) for source, target in crosswalk.pairs]
    engine.load_rows(crosswalk.engine_table, {"k": "VARCHAR", "target": "VARCHAR"}, pairs)
