"""Which table or field is the same one under another name, and what speaks for it.

Of each pair of a name that went and a name that came, traits are weighed against each other;
one assignment a table finds the pairs that together fit best, and what does not reach the
threshold stays apart.  The weights were fitted on invented edits of invented catalogs
(`tests/perf/schema_compare.py` prints how well they do on edits kept back from that).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from caseload.model.catalog import Catalog, Check, FieldSpec, TableSpec
from caseload.model.schema_diff import FieldPlace, Rename
from caseload.specs.compare_fields import type_words, value_words
from caseload.specs.meaning.lexicon import shipped_lexicon

if TYPE_CHECKING:
    from numpy.typing import NDArray

THRESHOLD = 0.5
"""Below this confidence two names are two things."""

_ALIKE = 0.62
"""Texts about different things are up to so much alike in their letters."""

_FIELD_WEIGHTS = {
    "start": -6.2,
    "words": 3.6,
    "spelling": 2.4,
    "place": 2.6,
    "type": 1.3,
    "description": 4.2,
    "described apart": -2.2,
    "element": 2.4,
    "other element": -1.2,
    "code": 2.0,
    "other code": -1.0,
    "link": 1.6,
    "other link": -1.0,
}
_TABLE_WEIGHTS = {
    "start": -5.0,
    "words": 3.0,
    "spelling": 1.5,
    "fields": 8.0,
    "description": 2.0,
}
_MOVE_WEIGHTS = {
    "start": -0.6,
    "type": 0.8,
    "description": 3.4,
    "described apart": -2.5,
    "element": 1.2,
    "other element": -1.2,
    "code": 1.0,
    "other code": -1.0,
    "link": 1.0,
    "other link": -0.5,
    "common": -0.8,
}

Grid: TypeAlias = "NDArray[Any]"
Refused = frozenset[tuple[FieldPlace, FieldPlace]]


class Matcher:
    """Finds what `old` calls otherwise; pairs in `refused` are never proposed."""

    def __init__(self, old: Catalog, refused: Refused) -> None:
        self._side = old.side
        self._refused = refused
        self._tables_with = Counter(
            _fold(name)
            for table in old.tables.values()
            for name in {spec.field_name for spec in table.fields}
        )
        self._words = shipped_lexicon().words.of_name
        self._said: dict[str, str] = {}

    def tables(self, gone: Sequence[TableSpec], come: Sequence[TableSpec]) -> list[Rename]:
        """Tables that are the same under another name."""
        traits = {
            **self._names([t.name for t in gone], [t.name for t in come]),
            "fields": self._shared_fields(gone, come),
            "description": _alike([t.description for t in gone], [t.description for t in come]),
        }
        olds, news = [FieldPlace(t.name) for t in gone], [FieldPlace(t.name) for t in come]
        return self._assigned(olds, news, traits, _TABLE_WEIGHTS, _table_notes)

    def fields(
        self,
        old: TableSpec,
        new: TableSpec,
        gone: Sequence[FieldSpec],
        come: Sequence[FieldSpec],
        pairs: Mapping[str, str],
    ) -> list[Rename]:
        """Fields of one table that are the same under another name; `pairs` are known already."""
        traits = {
            **self._names([s.field_name for s in gone], [s.field_name for s in come]),
            "place": _same_place(old, new, gone, come, pairs),
            **_traits(gone, come),
        }
        olds = [FieldPlace(old.name, s.field_name) for s in gone]
        news = [FieldPlace(new.name, s.field_name) for s in come]
        notes = partial(_notes_of, _field_notes, gone, come)
        return self._assigned(olds, news, traits, _FIELD_WEIGHTS, notes)

    def moves(
        self, gone: Mapping[FieldPlace, FieldSpec], come: Mapping[FieldPlace, FieldSpec]
    ) -> list[Rename]:
        """Fields that kept their name and went to another table."""
        by_name: dict[str, tuple[list[FieldPlace], list[FieldPlace]]] = defaultdict(
            lambda: ([], [])
        )
        for at, places in enumerate((gone, come)):
            for place in places:
                by_name[_fold(place.field)][at].append(place)
        found: list[Rename] = []
        for name, (olds, news) in by_name.items():
            if not olds or not news:
                continue
            specs = [gone[p] for p in olds], [come[p] for p in news]
            traits = _traits(*specs)
            traits["common"] = traits["type"] * 0 + math.log2(max(1, self._tables_with[name]))
            notes = partial(_notes_of, _move_notes, *specs)
            found += self._assigned(olds, news, traits, _MOVE_WEIGHTS, notes)
        return found

    def _assigned(
        self,
        olds: Sequence[FieldPlace],
        news: Sequence[FieldPlace],
        traits: Mapping[str, Grid],
        weights: Mapping[str, float],
        notes: Callable[[int, int, Mapping[str, float]], tuple[Check, ...]],
    ) -> list[Rename]:
        import numpy as np
        from scipy.optimize import linear_sum_assignment

        total = sum(weights[name] * grid for name, grid in traits.items()) + weights["start"]
        sure = 1.0 / (1.0 + np.exp(-total))
        for i, old in enumerate(olds):
            for j, new in enumerate(news):
                if (old, new) in self._refused:
                    sure[i, j] = 0.0
        worth = np.where(sure >= THRESHOLD, sure, 0.0)
        found = []
        for i, j in zip(*linear_sum_assignment(worth, maximize=True), strict=True):
            if worth[i, j] > 0.0:
                held = {name: float(grid[i, j]) for name, grid in traits.items()}
                checks = notes(int(i), int(j), held)
                score = min(0.99, round(float(sure[i, j]), 2))
                found.append(Rename(self._side, olds[i], news[j], score, checks))
        return found

    def _names(self, gone: Sequence[str], come: Sequence[str]) -> dict[str, Grid]:
        return {
            "words": _ratio([self._in_words(n) for n in gone], [self._in_words(n) for n in come]),
            "spelling": _ratio([_fold(n) for n in gone], [_fold(n) for n in come], sort=False),
        }

    def _in_words(self, name: str) -> str:
        if name not in self._said:
            slots = self._words(name)
            self._said[name] = " ".join(word for slot in slots for word in slot.first)
        return self._said[name]

    def _shared_fields(self, gone: Sequence[TableSpec], come: Sequence[TableSpec]) -> Grid:
        """How much of two tables' fields are the same by name; a rare name counts for more."""
        import numpy as np

        names: dict[str, int] = {}
        rows = []
        for table in (*gone, *come):
            folded = {_fold(spec.field_name) for spec in table.fields}
            rows.append([names.setdefault(name, len(names)) for name in folded])
        weight = np.array([1.0 / (1.0 + math.log2(max(1, self._tables_with[n]))) for n in names])
        has = np.zeros((len(rows), max(1, len(names))), dtype=np.float32)
        for i, row in enumerate(rows):
            has[i, row] = 1.0
        first, second = has[: len(gone)], has[len(gone) :]
        weight = weight if names else np.ones(1)
        both = (first * weight) @ second.T
        own = (first @ weight)[:, None] + (second @ weight)[None, :]
        return 2.0 * both / np.maximum(own, 1e-9)


def _traits(gone: Sequence[FieldSpec], come: Sequence[FieldSpec]) -> dict[str, Grid]:
    import numpy as np

    same_type = _equal(gone, come, lambda s: s.data_type.casefold(), empty=True)
    same_length = _equal(gone, come, lambda s: s.length.replace(" ", ""), empty=True)
    said = [" ".join(s.description.split()) for s in gone]
    says = [" ".join(s.description.split()) for s in come]
    alike = _alike(said, says)
    both = np.outer([bool(t) for t in said], [bool(t) for t in says]).astype(float)
    telling = np.outer(_rarity(said), _rarity(says))
    traits = {
        "type": same_type * (0.4 + 0.6 * same_length),
        "description": alike * telling,
        "described apart": both * (alike < _ALIKE),
    }
    for name, of in _CODED.items():
        same = _equal(gone, come, of) * np.outer(
            _rarity([of(s) for s in gone]), _rarity([of(s) for s in come])
        )
        known = np.outer([bool(of(s)) for s in gone], [bool(of(s)) for s in come]).astype(float)
        traits[name] = same
        traits[f"other {name}"] = known * (_equal(gone, come, of) == 0)
    return traits


_CODED: dict[str, Callable[[FieldSpec], str]] = {
    "element": lambda s: s.data_element.casefold(),
    "code": lambda s: s.code_type.casefold() or "|".join(s.allowed_values),
    "link": lambda s: _link(s).casefold(),
}


def _equal(
    gone: Sequence[FieldSpec],
    come: Sequence[FieldSpec],
    of: Callable[[FieldSpec], str],
    *,
    empty: bool = False,
) -> Grid:
    """1 where a trait is the same; where both have none only if `empty` says so."""
    import numpy as np

    known = {"": 0}
    first, second = (
        np.array([known.setdefault(of(spec), len(known)) for spec in specs])
        for specs in (gone, come)
    )
    same = (first[:, None] == second[None, :]).astype(float)
    grid: Grid = same if empty else same * (first != 0)[:, None]
    return grid


def _rarity(texts: Sequence[str]) -> Grid:
    """1 for a text that is there once, less for one that several share."""
    import numpy as np

    counts = Counter(texts)
    return np.array([1.0 / math.sqrt(counts[text]) for text in texts])


def _alike(gone: Sequence[str], come: Sequence[str]) -> Grid:
    """How alike prose is; 0 where it is by chance only, and where one says nothing."""
    import numpy as np

    ratio = _ratio([t.casefold() for t in gone], [t.casefold() for t in come])
    both = np.outer([bool(t.strip()) for t in gone], [bool(t.strip()) for t in come])
    return np.where(both & (ratio >= _ALIKE), ratio, 0.0)


def _ratio(gone: Sequence[str], come: Sequence[str], *, sort: bool = True) -> Grid:
    from rapidfuzz import fuzz, process

    scorer = fuzz.token_sort_ratio if sort else fuzz.ratio
    grid: Grid = process.cdist(gone, come, scorer=scorer) / 100.0
    return grid


def _same_place(
    old: TableSpec,
    new: TableSpec,
    gone: Sequence[FieldSpec],
    come: Sequence[FieldSpec],
    pairs: Mapping[str, str],
) -> Grid:
    """1 for the same place between fields that stayed, 0.5 for the same gap, else 0."""
    import numpy as np

    firsts = _gaps([s.field_name for s in old.fields], pairs, {s.field_name for s in gone})
    known = {name: name for name in pairs.values()}
    seconds = _gaps([s.field_name for s in new.fields], known, {s.field_name for s in come})
    grid = np.zeros((len(gone), len(come)))
    by_gap: dict[tuple[str, str], list[int]] = defaultdict(list)
    for j, spec in enumerate(come):
        by_gap[seconds[spec.field_name][:2]].append(j)
    for i, spec in enumerate(gone):
        before, after, nth, of = firsts[spec.field_name]
        for j in by_gap.get((before, after), ()):
            other = seconds[come[j].field_name]
            grid[i, j] = 1.0 if (nth, of) == other[2:] else 0.5
    return grid


def _gaps(
    names: Sequence[str], stayed: Mapping[str, str], wanted: Iterable[str]
) -> dict[str, tuple[str, str, int, int]]:
    """For each wanted name: what stands before and after its gap, its place in it, its size."""
    found: dict[str, tuple[str, str, int, int]] = {}
    wanted = set(wanted)
    before, held = "", list[str]()

    def close(after: str) -> None:
        for nth, name in enumerate(held):
            found[name] = (before, after, nth, len(held))

    for name in names:
        if name in stayed:
            close(stayed[name])
            before, held = stayed[name], []
        elif name in wanted:
            held.append(name)
    close("")
    return found


def _fold(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())


def _notes_of(
    notes: Callable[[FieldSpec, FieldSpec, Mapping[str, float]], tuple[Check, ...]],
    gone: Sequence[FieldSpec],
    come: Sequence[FieldSpec],
    i: int,
    j: int,
    held: Mapping[str, float],
) -> tuple[Check, ...]:
    return notes(gone[i], come[j], held)


def _field_notes(old: FieldSpec, new: FieldSpec, held: Mapping[str, float]) -> tuple[Check, ...]:
    checks = [_name_check(old.field_name, new.field_name, held)]
    place = held["place"]
    note = "the same neighbours" if place == 1.0 else "between the same neighbours"
    checks.append(Check("position", place > 0, note if place else "another place in the table"))
    return (*checks, *_trait_notes(old, new, held))


def _move_notes(old: FieldSpec, new: FieldSpec, held: Mapping[str, float]) -> tuple[Check, ...]:
    common = round(2 ** held["common"])
    rare = "no other table has this name" if common == 1 else f"{common:,} tables have this name"
    return (
        Check("name", passed=True, note="the same name in another table"),
        Check("rarity", common == 1, rare),
        *_trait_notes(old, new, held),
    )


def _table_notes(i: int, j: int, held: Mapping[str, float]) -> tuple[Check, ...]:  # noqa: ARG001
    shared = held["fields"]
    return (
        Check("fields", shared >= 0.5, f"{shared:.0%} of the fields are the same"),
        Check("name", held["words"] >= 0.6, f"{held['words']:.0%} alike in words"),
        Check("description", held["description"] > 0, f"{held['description']:.0%} alike"),
    )


def _name_check(old: str, new: str, held: Mapping[str, float]) -> Check:
    if _fold(old) == _fold(new):
        return Check("name", passed=True, note="the same letters")
    best = max(held["words"], held["spelling"])
    how = "words" if held["words"] >= held["spelling"] else "letters"
    return Check("name", best >= 0.6, f"{best:.0%} alike in {how}")


def _trait_notes(old: FieldSpec, new: FieldSpec, held: Mapping[str, float]) -> tuple[Check, ...]:
    was, now = type_words(old), type_words(new)
    same = held["type"] == 1.0
    what = "type" if old.data_type or new.data_type else "size"
    said = f"{now or 'none stated'} as before" if same else f"{was or 'none'} became {now}"
    checks = [Check(what, held["type"] > 0, said)]
    if old.description and new.description:
        alike = float(_alike([old.description], [new.description])[0, 0])
        note = "the same words" if alike == 1.0 else f"{alike:.0%} alike"
        checks.append(Check("description", alike > 0, note))
    for name, title, was, now in (
        ("element", "data element", old.data_element, new.data_element),
        ("code", "code list", _codes(old), _codes(new)),
        ("link", "foreign key", _link(old), _link(new)),
    ):
        if was and now:
            kept = held[f"other {name}"] == 0
            checks.append(Check(title, kept, now if kept else f"{was} became {now}"))
    return tuple(checks)


def _codes(spec: FieldSpec) -> str:
    return spec.code_type or value_words(spec.allowed_values)


def _link(spec: FieldSpec) -> str:
    return f"{spec.foreign_table}.{spec.foreign_field}".strip(".")
