"""Tables without drawn columns: told from a header line and the white between words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from caseload.model.catalog import Provenance
from caseload.specs.readers.grid import Row
from caseload.specs.readers.names import heading_table, labelled_table, looks_like_table
from caseload.specs.readers.pdf_blocks import Blocks, Fragment, cell_text
from caseload.specs.readers.pdf_grid import shade_at
from caseload.specs.readers.pdf_headers import (
    Segment,
    header_segments,
    joined_header,
    segments,
    texts,
)
from caseload.specs.readers.pdf_rows import Alignment, Piece, rows_of
from caseload.specs.readers.pdf_text import Line
from caseload.specs.readers.roles import looks_like_type, words_say
from caseload.specs.readers.vocabulary import Role

_WORD_GAP = 0.5
_STRAY = 0.06
_SECOND = re.compile(r"names?|types?|length|size|id|no\.?|rules|values?|key|field", re.IGNORECASE)


class UnruledTables:
    """Walks the pages and replaces lines that make up a table by fragments of a grid.

    It remembers the columns of a table that reaches the end of a page.
    """

    def __init__(self, document: str) -> None:
        self._document = document
        self._edges: tuple[float, ...] = ()
        self._name: tuple[float, ...] = ()
        self._segments: list[Segment] = []
        self._seen: list[Line] = []
        self._keys: tuple[int | None, int | None] = (None, None)
        self._height = self._leading = 0.0
        self._repeats = False
        self._alignment = Alignment()

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
            depth, headers = _header_at(items, index)
            if headers:
                same = _same_places(headers, self._segments)
                self._repeats = at_top and same
                self._segments, self._seen = headers, _lines_after(items, index + depth)
                self._edges = _edges(headers, self._seen, page.width)
                self._name = self._name if same else self._edges
                self._keys = _key_columns([words_say(text) for text in texts(headers)])
                self._height = item.bottom - item.top
                self._leading = _leading(self._seen)
            elif self._edges and at_top:
                more = [*self._seen, *_lines_after(items, index)]
                self._edges = _edges(self._segments, more, page.width)
            if self._edges and (headers or at_top):
                used, fragment = self._fragment(items, index, depth, page)
                if fragment is not None:
                    out.append(fragment)
                    index += used
                    at_top = False
                    continue
            self._edges = ()
            out.append(item)
            index += 1
            at_top = False
        page.items = out

    def _fragment(
        self, items: Sequence[Line | Fragment], start: int, depth: int, page: Blocks
    ) -> tuple[int, Fragment | None]:
        """The rows from `start` on, a header of `depth` lines first; it ends where prose begins."""
        head = [item for item in items[start : start + depth] if isinstance(item, Line)]
        body: list[Line] = []
        last = head[-1] if head else None
        for index in range(start + depth, len(items)):
            item = items[index]
            if not isinstance(item, Line) or self._ends(item, last, items, index):
                break
            body.append(item)
            last = item
        rest = all(line.left > self._edges[1] - 3 for line in body)
        typed = self._keys[0] is None or rest or any(self._anchors(line) for line in body)
        if not head and (not body or (not typed and start + len(body) < len(items))):
            return 0, None
        count = depth + len(body)
        fragment = self._rows(head, body, page)
        if count < len(items) - start:
            self._edges = ()
        return count, fragment

    def _ends(
        self, line: Line, before: Line | None, items: Sequence[Line | Fragment], index: int
    ) -> bool:
        """Whether a line is no part of the table any more."""
        height = self._height or line.bottom - line.top
        gap = line.top - before.bottom if before is not None else 0.0
        headers = _header_at(items, index)[1]
        if headers:
            return True
        indented = line.left > self._edges[1] and gap < 2.5 * height
        if (labelled_table([line.text])[1] >= 0 and not indented) or gap > 60:
            return True
        if line.left < self._edges[0] - 3 or _is_taller(line, height):
            return True
        if self._crosses(line) or self._is_heading(line):
            return True
        return (
            gap > self._leading + 0.4 * height
            and not indented
            and not self._more_rows(items, index)
        )

    def _crosses(self, line: Line) -> bool:
        """Whether words run over the border of a column with no more than a space between."""
        height = line.bottom - line.top
        for edge in self._edges[1:-1]:
            if any(left < edge - 1 and right > edge + 1 for left, right, _ in line.parts):
                return True
            before = max((right for _, right, _ in line.parts if right <= edge + 1), default=None)
            after = min((left for left, _, _ in line.parts if left >= edge - 1), default=None)
            if before is not None and after is not None and after - before < _WORD_GAP * height:
                return True
        return False

    def _more_rows(self, items: Sequence[Line | Fragment], index: int) -> bool:
        """Whether a data type follows before the lines end or cross the columns."""
        if self._keys[0] is None:
            return True
        for item in items[index:]:
            if not isinstance(item, Line) or self._crosses(item):
                return False
            if self._anchors(item):
                return True
        return False

    def _anchors(self, line: Line) -> bool:
        kind = self._keys[0]
        part = self._split(line)[kind] if kind is not None else None
        return part is not None and looks_like_type(part.text)

    def _is_heading(self, line: Line) -> bool:
        """Whether a line is "5.1 LOAD_X": a chapter's number and a table, and no type."""
        numbered = bool(re.fullmatch(r"\d+(?:\.\d+)*\.?", line.parts[0][2]))
        if len(segments(line)) > 2 or line.parts[-1][0] > self._edges[-2]:
            return False
        if len(line.parts) > 1 and len(segments(line)) == 2:
            named_next = segments(line)[0][2] == line.parts[0][2]
            numbered = numbered and named_next and line.parts[1][0] - line.parts[0][1] < 40
        named = looks_like_table(heading_table(line.text))
        typed = any(looks_like_type(text) for _, _, text in line.parts[1:])
        return numbered and named and not typed and 1 < len(line.parts) < 8

    def _rows(self, head: Sequence[Line], body: Sequence[Line], page: Blocks) -> Fragment:
        columns = len(self._edges) - 1
        kind = self._keys[0]
        pieces = [
            Piece(column, part, anchor=column == kind and looks_like_type(part.text))
            for line in body
            for column, part in enumerate(self._split(line))
            if part is not None
        ]
        bounds = [*head, *body]
        start = head[-1].bottom if head else min(line.top for line in body)
        grouped = [[Piece(c, p) for line in head for c, p in enumerate(self._split(line)) if p]]
        if kind is not None:
            separators = self._separators(page, bounds)
            headed = bool(head) and not self._repeats
            found, guessed = rows_of(pieces, separators, start, self._alignment, headed=headed)
            grouped += found
        else:
            guessed = True
            grouped += _by_name(pieces, self._keys[1])
        cells = [
            [[p.line for p in row if p.column == column] for column in range(columns)]
            for row in grouped
            if row
        ]
        reach = [max((p.right for r in cells for p in r[c]), default=0.0) for c in range(columns)]
        rows = [self._row(row, reach, page, guessed=guessed) for row in cells]
        return Fragment(rows, self._name, bounds[0].top, max(line.bottom for line in bounds))

    def _separators(self, page: Blocks, lines: Sequence[Line]) -> list[float]:
        """Heights of drawn lines over most of the table's width."""
        left, right = self._edges[0], self._edges[-1]
        top, bottom = min(line.top for line in lines), max(line.bottom for line in lines)
        found: list[float] = []
        for y in sorted(set(page.across[:, 0].round(1).tolist())):
            at = page.across[np.abs(page.across[:, 0] - y) < 1.2]
            covered = sum(
                max(0.0, min(e, right) - max(s, left)) for s, e in np.unique(at[:, 1:], axis=0)
            )
            far = not found or y - found[-1] > 3
            if covered > 0.6 * (right - left) and top < y < bottom and far:
                found.append(y)
        return found

    def _row(
        self, row: list[list[Line]], reach: list[float], page: Blocks, *, guessed: bool
    ) -> Row:
        parts = [part for cell in row for part in cell]
        box = (
            round(self._edges[0], 1),
            round(min(p.top for p in parts), 1),
            round(self._edges[-1], 1),
            round(max(p.bottom for p in parts), 1),
        )
        shade = shade_at(page.fills, *box)
        words = [cell_text(cell, reach[c]) for c, cell in enumerate(row)]
        place = Provenance(self._document, page=page.number, box=box)
        return Row(words, place, shade, ruled=False, guessed=guessed)

    def _split(self, line: Line) -> list[Line | None]:
        columns = len(self._edges) - 1
        words: list[list[Segment]] = [[] for _ in range(columns)]
        for left, right, text in line.parts:
            column = int(np.searchsorted(self._edges, (left + min(right, left + 8)) / 2)) - 1
            words[min(max(column, 0), columns - 1)].append((left, right, text))
        return [_part(line, own) if own else None for own in words]


def _is_taller(line: Line, height: float) -> bool:
    """Whether a line is set larger, as headings are; a lone bracket is taller than capitals."""
    return line.bottom - line.top > 1.25 * height and any(map(str.isalnum, line.text))


def _part(line: Line, own: Sequence[Segment]) -> Line:
    text = " ".join(word for _, _, word in own)
    return Line(-1, text, own[0][0], line.top, own[-1][1], line.bottom, own[0][1] - own[0][0])


def _header_at(items: Sequence[Line | Fragment], index: int) -> tuple[int, list[Segment]]:
    """How many lines a header takes up, and its stretches; (0, []) when there is none."""
    line = items[index]
    below = items[index + 1] if index + 1 < len(items) else None
    if not isinstance(line, Line):
        return 0, []
    if isinstance(below, Line):
        joined = joined_header(line, below)
        alone = header_segments(line)
        if joined and not _typed(below) and (not alone or _completes(alone, joined)):
            return 2, joined
    found = header_segments(line)
    return (1, found) if found else (0, [])


def _completes(alone: Sequence[Segment], joined: Sequence[Segment]) -> bool:
    """Whether a line below a header is more of it: a word that its own would lack, or "name"."""
    longer = [
        (one, two) for one, two in zip(texts(alone), texts(joined), strict=True) if one != two
    ]
    if not longer or any(len(two) > 24 for _, two in longer):
        return False
    return all(
        (not words_say(one) and words_say(two)) or _SECOND.fullmatch(two[len(one) :].strip())
        for one, two in longer
    )


def _same_places(one: Sequence[Segment], other: Sequence[Segment]) -> bool:
    """Whether two headers have the same words in the same places."""
    return texts(one) == texts(other) and all(
        abs(a[0] - b[0]) < 4 for a, b in zip(one, other, strict=True)
    )


def _leading(lines: Sequence[Line]) -> float:
    """The white between two lines of one cell: the smallest of the common ones in a column."""
    columns: dict[int, list[Line]] = {}
    for line in lines:
        columns.setdefault(round(segments(line)[-1][0] / 4), []).append(line)
    gaps = sorted(
        max(0.0, below.top - line.bottom)
        for own in columns.values()
        for line, below in pairwise(own)
        if below.top > line.top + 1
    )
    return gaps[len(gaps) // 5] if gaps else 0.0


def _typed(line: Line) -> bool:
    return any(looks_like_type(text) for _, _, text in line.parts)


def _by_name(pieces: Sequence[Piece], name: int | None) -> list[list[Piece]]:
    """Rows of a table without data types: each begins with a name."""
    rows: list[list[Piece]] = []
    height: float | None = None
    for piece in sorted(pieces, key=lambda p: (round(p.line.top), p.column)):
        fresh = height is None or piece.line.top - height > 1
        named = any(p.column == name for p in pieces if abs(p.line.top - piece.line.top) <= 1)
        has = bool(rows) and any(p.column == name for p in rows[-1])
        if not rows or (fresh and named and has):
            rows.append([])
        rows[-1].append(piece)
        height = piece.line.top
    return rows


def _lines_after(items: Sequence[Line | Fragment], start: int) -> list[Line]:
    out: list[Line] = []
    for item in items[start:]:
        if (
            not isinstance(item, Line)
            or header_segments(item)
            or labelled_table([item.text])[1] >= 0
            or (out and _is_taller(item, out[0].bottom - out[0].top))
        ):
            break
        out.append(item)
    return out


def _edges(headers: Sequence[Segment], lines: Sequence[Line], width: float) -> tuple[float, ...]:
    """Borders in the widest white between neighbouring headers, near its right end."""
    covered = np.zeros(int(width) + 2)
    lines = [line for line in lines if not _is_prose(line, headers)]
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
        low = np.flatnonzero(stretch <= max(stretch.min(), _STRAY * len(lines)))
        runs = np.split(low, np.flatnonzero(np.diff(low) > 1) + 1)
        parted = [_parted_words(run, before, after, lines, start) for run in runs]
        likely = [run for run, count in zip(runs, parted, strict=True) if 2 * count >= max(parted)]
        best = max(likely, key=lambda run: (len(run), run[0]))
        edges.append(start + float(best[-1]) + 1 - min(4.0, len(best) / 4))
    last = max([headers[-1][1], *(line.right for line in lines)])
    return tuple(round(float(edge), 1) for edge in (*edges, last + 2))


def _parted_words(
    run: NDArray[np.int64], before: Segment, after: Segment, lines: Sequence[Line], start: int
) -> int:
    """How many lines have words of both columns, were the border in this white.

    Numbers that end far right of their header leave more white before them than behind.
    """
    cut = start + float(run.mean())
    return sum(
        any(before[0] - 20 < left and right <= cut for left, right, _ in line.parts)
        and any(cut < left < after[1] for left, _, _ in line.parts)
        for line in lines
    )


def _is_prose(line: Line, headers: Sequence[Segment]) -> bool:
    """Whether one stretch of words runs below two headers or more."""
    return any(
        sum(left - 3 <= header[0] <= right - 10 for header in headers) >= 2
        for left, right, _ in segments(line)
    )


def _key_columns(kinds: Sequence[dict[Role, float]]) -> tuple[int | None, int | None]:
    """The columns of type and of field name by their headers."""
    found: dict[Role, int] = {}
    for column, said in enumerate(kinds):
        if said:
            found.setdefault(max(said, key=lambda role: said[role]), column)
    return found.get(Role.TYPE), found.get(Role.FIELD)
