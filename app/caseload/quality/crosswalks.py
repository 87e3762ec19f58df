"""The codes that each crosswalk knows on either side."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from caseload.model.errors import BadInput


@dataclass(frozen=True, slots=True)
class CodeSets:
    """The source and target values of one crosswalk."""

    source: frozenset[str]
    target: frozenset[str]


def read_code_sets(folder: Path) -> dict[str, CodeSets]:
    """Every crosswalk of a folder by its name (the file's, without ending).

    Raises:
        BadInput: a file is not UTF-8 or lacks the columns of a crosswalk.
    """
    found = {}
    for path in sorted(folder.glob("*.csv")):
        try:
            with path.open(encoding="utf-8-sig", newline="") as lines:
                rows = list(csv.DictReader(lines))
            sources = frozenset(row["source_value"] for row in rows)
            targets = frozenset(row["target_value"] for row in rows if row["target_value"])
        except (UnicodeDecodeError, KeyError, csv.Error) as error:
            raise BadInput(
                "This is not a crosswalk with source_value, target_value, description",
                where=str(path),
                remedy="Save it as UTF-8 CSV with those three columns",
            ) from error
        found[path.stem] = CodeSets(sources, targets)
    return found
