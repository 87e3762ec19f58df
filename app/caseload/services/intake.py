"""Taking documents in: which side each describes, and of which document it is a version."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from caseload.model.catalog import Side
from caseload.model.errors import BadInput
from caseload.model.schema_views import IntakeGuess
from caseload.specs.sheet_rows import sample_words

if TYPE_CHECKING:
    from caseload.services.session import ProjectSession

_SIGNS: Sequence[tuple[Side, str, str, int]] = (
    (Side.TARGET, "speaks of a migration guide", r"migration (?:guide|specification)", 3),
    (Side.TARGET, "names tables to load", r"\bLOAD_[A-Z]{2,}|\bload (?:table|file|order)s?\b", 3),
    (Side.TARGET, "says in which order to load", r"\bloaded? (?:after|before)\b", 2),
    (Side.TARGET, "says what is mandatory", r"\bmandatory field\b|\bmust be in format\b", 2),
    (Side.TARGET, "says what fields map to", r"\bmaps? to\b", 1),
    (Side.SOURCE, "calls itself a data dictionary", r"\bdata ?dictionary\b|\bdictionary\b", 3),
    (Side.SOURCE, "lists data elements", r"\bdata ?element", 2),
    (Side.SOURCE, "lists releases or deleted columns", r"\breleased? ?at\b|\bdelete ?flag", 2),
    (Side.SOURCE, "defines tables in SQL", r"\bcreate\s+table\b", 2),
)
_BY_ENDING = {".pdf": Side.TARGET, ".xlsx": Side.SOURCE, ".csv": Side.SOURCE, ".sql": Side.SOURCE}
_NAME_NOISE = re.compile(r"[\W_]+|\d+|\bv\b|\b(?:version|issue|edition|release|final|draft)\b")


def guess(session: ProjectSession, path: Path) -> IntakeGuess:
    """Which side a document describes, why, and which document of the project it replaces.

    Raises:
        BadInput: it is missing, damaged or of a kind that is not read.
    """
    if not path.is_file():
        raise BadInput("There is no such document", where=path.name)
    size = path.stat().st_size
    older = _older(session, path.name)
    if older is not None:
        side, name = older
        return IntakeGuess(str(path), path.name, size, side, f"is a version of {name}", name)
    scores, reasons = _signs(sample_words(path, path.name))
    leaning = _BY_ENDING.get(path.suffix.lower())
    if leaning is not None:
        scores[leaning] += 1
    side = max(Side, key=lambda s: scores[s])
    why = reasons[side] or ("is of the usual kind" if leaning is side else "is a first guess")
    return IntakeGuess(str(path), path.name, size, side, why)


def files_to_read(
    session: ProjectSession, taken: Sequence[IntakeGuess]
) -> Mapping[Side, tuple[str, ...]]:
    """The documents of each side once those taken in are among them; a side without any is left.

    A document that is replaced leaves, the others stay.
    """
    wanted: dict[Side, tuple[str, ...]] = {}
    for side in Side:
        fresh = [each for each in taken if each.side is side]
        if not fresh:
            continue
        gone = {each.replaces for each in fresh}
        kept = [
            document.stored_path
            for document in session.project.documents.specs(side)
            if document.name not in gone
            and document.name.casefold() not in {each.name.casefold() for each in fresh}
        ]
        wanted[side] = (*kept, *(each.path for each in fresh))
    return wanted


def _signs(text: str) -> tuple[dict[Side, int], dict[Side, str]]:
    scores, reasons = dict.fromkeys(Side, 0), dict.fromkeys(Side, "")
    for side, words, pattern, weight in _SIGNS:
        if re.search(pattern, text, re.IGNORECASE):
            scores[side] += weight
            reasons[side] = reasons[side] or words
    return scores, reasons


def _older(session: ProjectSession, name: str) -> tuple[Side, str] | None:
    """The document of the project that has this name but for its version."""
    wanted = _bare(name)
    for side in Side:
        for document in session.project.documents.specs(side):
            if document.name.casefold() == name.casefold():
                return side, document.name
            if wanted and _bare(document.name) == wanted:
                return side, document.name
    return None


def _bare(name: str) -> str:
    return _NAME_NOISE.sub("", Path(name).stem.casefold().replace("_", " "))
