"""Lines of words in stretches: which of them head the columns of a table of fields."""

from __future__ import annotations

from collections.abc import Sequence

from caseload.specs.readers.pdf_text import Line
from caseload.specs.readers.roles import header_strength, words_say
from caseload.specs.readers.vocabulary import Role

Segment = tuple[float, float, str]
_COLUMN_GAP = 0.6


def texts(found: Sequence[Segment]) -> list[str]:
    """The words of each stretch."""
    return [text for _, _, text in found]


def segments(line: Line) -> list[Segment]:
    """Words of a line put together where no column can part them: (left, right, text)."""
    found: list[Segment] = []
    height = line.bottom - line.top
    for left, right, text in line.parts:
        if found and left - found[-1][1] < _COLUMN_GAP * height:
            found[-1] = (found[-1][0], right, f"{found[-1][2]} {text}")
        else:
            found.append((left, right, text))
    return found


def header_segments(line: Line) -> list[Segment]:
    """The stretches of a line that is the header of a table of fields; [] when it is none."""
    found = segments(line)
    return found if are_headers(texts(found)) else []


def are_headers(words: Sequence[str]) -> bool:
    """Whether stretches of words head a table of fields."""
    if len(words) < 3 or header_strength(words) < 3:
        return False
    said = {max(s, key=lambda r: s[r]) for s in map(words_say, words) if s}
    return Role.FIELD in said and bool(said & {Role.TYPE, Role.LENGTH})


def joined_header(line: Line, below: Line) -> list[Segment]:
    """A header whose words run over two lines: each stretch with what stands below it; or []."""
    if len(line.parts) < 3 or below.top - line.bottom > line.bottom - line.top:
        return []
    joined = []
    for left, right, text in segments(line):
        under = [s for s in segments(below) if s[0] < right and s[1] > left]
        joined.append(
            (left, max([right, *(s[1] for s in under)]), "\n".join([text, *(s[2] for s in under)]))
        )
    return joined if are_headers(texts(joined)) else []


def in_columns(lines: Sequence[Line]) -> bool:
    """Whether lines inside one frame are those of a table without rules inside it."""
    if any(header_segments(line) for line in lines):
        return True
    parted = sum(len(segments(line)) >= 3 for line in lines)
    return len(lines) >= 3 and parted >= 0.3 * len(lines)
