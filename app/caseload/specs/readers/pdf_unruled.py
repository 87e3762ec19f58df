"""Tables without drawn lines: columns told from a header line and the white between words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from caseload.model.catalog import Provenance
from caseload.specs.readers.grid import Row
from caseload.specs.readers.names import heading_table, labelled_table, looks_like_table
from caseload.specs.readers.pdf_blocks import Blocks, Fragment, cell_text
from caseload.specs.readers.pdf_grid import shade_at
from caseload.specs.readers.pdf_text import Line
from caseload.specs.readers.roles import header_strength, looks_like_type, words_say
from caseload.specs.readers.vocabulary import Role

_COLUMN_GAP = 0.6


class UnruledTables:
    """Walks the pages and replaces lines that make up a table by fragments of a grid.

    It remembers the columns of a table that reaches the end of a page.
    """

    def __init__(self, document: str) -> None:
        self._document = document
        self._edges: tuple[float, ...] = ()
        self._name: tuple[float, ...] = ()
        self._segments: list[tuple[float, float, str]] = []
        self._seen: list[Line] = []
        self._at = -1.0

    def take(self, page: Blocks) -> None:
        """Find the unruled tables of a page, in place."""
        out: list[Line | Fragment] = []
        items = page.items
        index, at_top = 0, True
        while index < len(items):
            item = items[index]
            if isinstance(item, Fragment):
                self._edges = ()
                out.append(item)
                index += 1
                at_top = False
                continue
            headers = header_segments(item) or _two_lines(items, index)
            if headers:
                self._at = item.top
                self._segments, self._seen = headers, _lines_after(items, index + 1)
                self._edges = self._name = _edges(headers, self._seen, page.width)
            elif self._edges and at_top:
                more = [*self._seen, *_lines_after(items, index)]
                self._edges = _edges(self._segments, more, page.width)
            if self._edges and (headers or at_top):
                used, fragment = self._fragment(items, index, page)
                if fragment is not None:
                    out.append(fragment)
                    index += used
                    continue
            self._edges = ()
            out.append(item)
            index += 1
            at_top = False
        page.items = out

    def _fragment(
        self, items: Sequence[Line | Fragment], start: int, page: Blocks
    ) -> tuple[int, Fragment | None]:
        """The rows from `start` on; the table ends at a line that crosses its columns."""
        lines: list[Line] = []
        for item in items[start:]:
            if not isinstance(item, Line) or (lines and self._ends(item, lines[-1])):
                break
            if not lines and self._ends(item, item):
                break
            lines.append(item)
        if not lines:
            return 0, None
        rows = self._rows(lines, page)
        if len(lines) < len(items) - start:
            self._edges = ()
        fragment = Fragment(rows, self._name, lines[0].top, lines[-1].bottom)
        return len(lines), fragment

    def _ends(self, line: Line, before: Line) -> bool:
        inner = self._edges[1:-1]
        if header_segments(line):
            return line is not before and _texts(header_segments(line)) != _texts(self._segments)
        if labelled_table([line.text])[1] >= 0 or line.top - before.bottom > 60:
            return True
        if line.left < self._edges[0] - 3:
            return True
        crossing = any(
            left < edge - 1 and right > edge + 1 for edge in inner for left, right, _ in line.parts
        )
        larger = line.bottom - line.top > 1.25 * (before.bottom - before.top)
        return crossing or larger or self._is_heading(line)

    def _is_heading(self, line: Line) -> bool:
        """Whether a line is "5.1 LOAD_X": a chapter's number and a table, and no type."""
        numbered = bool(re.fullmatch(r"\d+(?:\.\d+)*\.?", line.parts[0][2]))
        named = looks_like_table(heading_table(line.text))
        typed = any(looks_like_type(text) for _, _, text in line.parts[1:])
        return numbered and named and not typed and 1 < len(line.parts) < 8

    def _rows(self, lines: Sequence[Line], page: Blocks) -> list[Row]:
        columns = len(self._edges) - 1
        kinds = [words_say(text) for text in _texts(self._segments)]
        keys = _key_columns(kinds)
        cells: list[list[list[Line]]] = []
        for line in lines:
            parts = self._split(line, columns)
            said = ["" if part is None else part.text for part in parts]
            is_header = bool(header_segments(line)) or line.top == self._at
            if is_header or not cells or _starts_row(said, keys, cells[-1]):
                cells.append([[] for _ in range(columns)])
            for column, part in enumerate(parts):
                if part is not None:
                    cells[-1][column].append(part)
        reach = [
            max((p.right for row in cells for p in row[c]), default=0.0) for c in range(columns)
        ]
        return [self._row(row, reach, page) for row in cells]

    def _row(self, row: list[list[Line]], reach: list[float], page: Blocks) -> Row:
        parts = [part for cell in row for part in cell]
        box = (
            round(self._edges[0], 1),
            round(min(p.top for p in parts), 1),
            round(self._edges[-1], 1),
            round(max(p.bottom for p in parts), 1),
        )
        first = min(parts, key=lambda p: p.top)
        shade = shade_at(page.fills, box[0], first.top, box[2], first.bottom)
        texts = [cell_text(cell, reach[c]) for c, cell in enumerate(row)]
        return Row(texts, Provenance(self._document, page=page.number, box=box), shade, ruled=False)

    def _split(self, line: Line, columns: int) -> list[Line | None]:
        words: list[list[tuple[float, float, str]]] = [[] for _ in range(columns)]
        for left, right, text in line.parts:
            column = int(np.searchsorted(self._edges, (left + min(right, left + 8)) / 2)) - 1
            words[min(max(column, 0), columns - 1)].append((left, right, text))
        return [
            Line(
                -1,
                " ".join(w[2] for w in own),
                own[0][0],
                line.top,
                own[-1][1],
                line.bottom,
                own[0][1] - own[0][0],
            )
            if own
            else None
            for own in words
        ]


def _texts(segments: Sequence[tuple[float, float, str]]) -> list[str]:
    return [text for _, _, text in segments]


def header_segments(line: Line) -> list[tuple[float, float, str]]:
    """The stretches of a line that is the header of a table of fields; [] when it is none."""
    segments = _segments(line)
    return segments if _are_headers(_texts(segments)) else []


def _segments(line: Line) -> list[tuple[float, float, str]]:
    """Words of a line put together where no column can part them."""
    segments: list[tuple[float, float, str]] = []
    height = line.bottom - line.top
    for left, right, text in line.parts:
        if segments and left - segments[-1][1] < _COLUMN_GAP * height:
            segments[-1] = (segments[-1][0], right, f"{segments[-1][2]} {text}")
        else:
            segments.append((left, right, text))
    return segments


def _are_headers(texts: Sequence[str]) -> bool:
    if len(texts) < 3 or header_strength(texts) < 3:
        return False
    said = {max(s, key=lambda r: s[r]) for s in map(words_say, texts) if s}
    return Role.FIELD in said and bool(said & {Role.TYPE, Role.LENGTH})


def _two_lines(items: Sequence[Line | Fragment], index: int) -> list[tuple[float, float, str]]:
    """A header whose words run over two lines: each stretch with what stands below it."""
    below = items[index + 1] if index + 1 < len(items) else None
    line = items[index]
    if not isinstance(line, Line) or not isinstance(below, Line) or len(line.parts) < 3:
        return []
    if below.top - line.bottom > line.bottom - line.top:
        return []
    joined = []
    for left, right, text in _segments(line):
        under = [s for s in _segments(below) if s[0] < right and s[1] > left]
        joined.append(
            (left, max([right, *(s[1] for s in under)]), "\n".join([text, *(s[2] for s in under)]))
        )
    return joined if _are_headers(_texts(joined)) else []


def _lines_after(items: Sequence[Line | Fragment], start: int) -> list[Line]:
    out = []
    for item in items[start:]:
        if (
            not isinstance(item, Line)
            or header_segments(item)
            or labelled_table([item.text])[1] >= 0
        ):
            break
        out.append(item)
    return out


def _edges(
    headers: Sequence[tuple[float, float, str]], lines: Sequence[Line], width: float
) -> tuple[float, ...]:
    """Borders in the widest white between neighbouring headers, near its right end."""
    covered = np.zeros(int(width) + 2)
    for line in lines:
        for left, right, _ in line.parts:
            covered[int(left) : int(right) + 1] += 1
    for left, right, _ in headers:
        covered[int(left) : int(right) + 1] += 1
    edges = [min([headers[0][0], *(line.left for line in lines if line.left > headers[0][0] - 20)])]
    for before, after in pairwise(headers):
        start, end = int((before[0] + min(before[1], before[0] + 20)) / 2), int(after[0]) + 4
        if end <= start or start >= len(covered):
            edges.append(float(after[0]) - 1)
            continue
        stretch = covered[start:end]
        low = np.flatnonzero(stretch == stretch.min())
        runs = np.split(low, np.flatnonzero(np.diff(low) > 1) + 1)
        best = max(runs, key=lambda run: (len(run), run[0]))
        edges.append(start + float(best[-1]) + 1 - min(4.0, len(best) / 4))
    last = max([headers[-1][1], *(line.right for line in lines)])
    return tuple(round(float(edge), 1) for edge in (*edges, last + 2))


def _key_columns(kinds: Sequence[dict[Role, float]]) -> tuple[int | None, int | None]:
    """The columns of type and of field name by their headers."""
    found: dict[Role, int] = {}
    for column, said in enumerate(kinds):
        if said:
            found.setdefault(max(said, key=lambda role: said[role]), column)
    return found.get(Role.TYPE), found.get(Role.FIELD)


def _starts_row(
    said: Sequence[str], keys: tuple[int | None, int | None], current: list[list[Line]]
) -> bool:
    """A new row begins with a type, or without a column of types with a name."""
    kind, name = keys
    if kind is not None:
        return looks_like_type(said[kind])
    return name is not None and bool(said[name]) and bool(current[name])
