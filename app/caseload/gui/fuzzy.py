"""Matching what a person types against names, loosely, and saying where it matched."""

from __future__ import annotations

Span = tuple[int, int]


def match(wanted: str, name: str) -> tuple[float, tuple[Span, ...]] | None:
    """A score (higher is better) and the matched spans of `name`, or None.

    Whole words beat starts of words, these beat the middle, and letters in order with gaps
    come last.  An empty `wanted` matches everything equally.
    """
    if not wanted:
        return 0.0, ()
    low, text = wanted.lower(), name.lower()
    at = text.find(low)
    if at >= 0:
        start = (
            at == 0
            or not text[at - 1].isalnum()
            or (name[at].isupper() and not name[at - 1].isupper())
        )
        end = at + len(low)
        whole = end == len(text) or not text[end].isalnum()
        score = 100 + (30 if at == 0 else 20 if start else 0) + (10 if whole and start else 0)
        return score - len(text) / 100, ((at, end),)
    parts = [part for part in low.split() if part]
    if len(parts) > 1:
        return _each(parts, name)
    return _in_order(low, text)


def _each(parts: list[str], name: str) -> tuple[float, tuple[Span, ...]] | None:
    spans: list[Span] = []
    total = 0.0
    for part in parts:
        found = match(part, name)
        if found is None:
            return None
        total += found[0]
        spans.extend(found[1])
    return total / len(parts) - 5, tuple(sorted(spans))


def _in_order(low: str, text: str) -> tuple[float, tuple[Span, ...]] | None:
    spans: list[Span] = []
    place = 0
    for letter in low:
        at = text.find(letter, place)
        if at < 0:
            return None
        if spans and spans[-1][1] == at:
            spans[-1] = (spans[-1][0], at + 1)
        else:
            spans.append((at, at + 1))
        place = at + 1
    breadth = spans[-1][1] - spans[0][0]
    if breadth > 3 * len(low) + 4:
        return None
    return 50 - breadth - 5 * len(spans), tuple(spans)
