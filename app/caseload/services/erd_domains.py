"""The domains of a system, found from what its tables are called, hold and point at.

Words and entities of schemas/domains.csv seed them; links, name families, twins and the order
of the document carry a seed on to tables that say nothing of themselves.  Tables that no seed
reaches become domains of their own by how they hang together, named after their chief table.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from caseload.model.catalog import Catalog
from caseload.model.shipped import shipped_root
from caseload.services.erd_links import Tie
from caseload.specs.meaning.lexicon import Lexicon, shipped_lexicon
from caseload.specs.meaning.tables import table_meanings
from caseload.specs.meaning.types import TableMeaning

PAST = "History and archive"
OTHER = "Other"
_MASTER = "Master files"
_PAST_FROM = 8
_PASSES, _REACH = 12, 0.65
_HUB_SHARE = 0.12
_FEWEST = 2
_LEAST_SHARE = 0.016

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Seed:
    """A domain of the shipped list: its entities, its words, and the one it joins when small."""

    name: str
    joins: str
    entities: frozenset[str]
    words: frozenset[str]


@lru_cache(maxsize=1)
def _seeds() -> tuple[_Seed, ...]:
    lexicon = shipped_lexicon()
    path = shipped_root() / "schemas" / "domains.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(
            _Seed(
                row["domain"],
                row["with"],
                frozenset(filter(None, row["entities"].split(";"))),
                frozenset(w for word in row["words"].split(";") for w in _canonical(lexicon, word)),
            )
            for row in csv.DictReader(file)
        )


def _canonical(lexicon: Lexicon, word: str) -> tuple[str, ...]:
    return tuple(lexicon.words.canonical(word)) if word else ()


def find_domains(
    catalog: Catalog, links: Sequence[Tie], chosen: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The domain of every table.  `chosen` are tables whose domain is settled; they draw others."""
    names = list(catalog.tables)
    if not names:
        return {}
    meanings = table_meanings(catalog, shipped_lexicon())
    past = [n for n in names if _is_past(meanings[n])]
    past = past if len(past) >= _PAST_FROM else []
    settled = {**dict.fromkeys(past, PAST), **(chosen or {})}
    pulls = _pulls(names, meanings, links)
    found = _carried(names, meanings, pulls, settled)
    _name_the_rest(names, meanings, pulls, found)
    _join_small(names, pulls, found, settled)
    return {**found, **settled}


def _is_past(meaning: TableMeaning) -> bool:
    """True for a copy of what was; a log or a snapshot is a record of its own."""
    own = meaning.table.upper().endswith(("LOG", "SNAP"))
    return meaning.standing in ("history", "audit", "archive") and not own


def _pulls(
    names: Sequence[str], meanings: Mapping[str, TableMeaning], links: Sequence[Tie]
) -> Matrix:
    """How strongly each two tables belong together."""
    place = {name: i for i, name in enumerate(names)}
    pulls: Matrix = np.zeros((len(names), len(names)))
    parents = Counter(link.parent for link in links)
    for link in links:
        child, parent = place.get(link.child), place.get(link.parent)
        many = parents[link.parent]
        if child is None or parent is None or child == parent:
            continue
        if many <= max(8.0, _HUB_SHARE * len(names)):
            listed = meanings[link.parent].standing == "master"
            pulls[child, parent] += (0.2 if listed else 2.0) * link.weight
    for name in names:
        live = place.get(meanings[name].live_table)
        if live is not None:
            pulls[place[name], live] += 3.0
    bare = [name.upper().replace("_", "") for name in names]
    common = _common_start(bare)
    for one in range(len(names)):
        for step, near in ((1, 0.8), (2, 0.4)):
            if one + step < len(names):
                pulls[one, one + step] += near
    families: dict[str, list[int]] = defaultdict(list)
    for one, name in enumerate(bare):
        families[name[: common + 2]].append(one)
    for family in families.values():
        for one, other in combinations(family, 2):
            shared = _shared(bare[one], bare[other]) - common
            if shared >= 2:
                pulls[one, other] += 0.15 if shared == 2 else 0.7 * (shared - 2)
    return pulls + pulls.T


def _common_start(names: Sequence[str]) -> int:
    """How many letters nearly all names begin with, such as LOAD."""
    first = Counter(name[:4] for name in names)
    word, times = first.most_common(1)[0]
    return len(word) if times > 0.8 * len(names) > 2 else 0


def _shared(one: str, other: str) -> int:
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count


def _carried(
    names: Sequence[str],
    meanings: Mapping[str, TableMeaning],
    pulls: Matrix,
    settled: Mapping[str, str],
) -> dict[str, str]:
    """Domains after the seeds were carried along the pulls; tables out of reach are left out."""
    titles = list(dict.fromkeys([*(s.name for s in _seeds()), *settled.values()]))
    column = {title: i for i, title in enumerate(titles)}
    start: Matrix = np.zeros((len(names), len(titles)))
    for row, name in enumerate(names):
        if name in settled:
            start[row, column[settled[name]]] = 2.0
            continue
        for seed in _seeds():
            start[row, column[seed.name]] = _own_score(name, meanings[name], seed)
    total = pulls.sum(axis=1, keepdims=True)
    step = np.divide(pulls, total, out=np.zeros_like(pulls), where=total > 0)
    scores = start.copy()
    for _ in range(_PASSES):
        scores = _REACH * (step @ scores) + (1 - _REACH) * start
    if PAST in column:
        scores[:, column[PAST]] = 0.0
    return {
        name: titles[int(scores[row].argmax())]
        for row, name in enumerate(names)
        if name not in settled and scores[row].max() > 0.02
    }


def _own_score(name: str, meaning: TableMeaning, seed: _Seed) -> float:
    """How much a table by itself says that it is of a domain."""
    score = max(
        (s if s >= 0.25 else 0.2 * s for e, s in meaning.scores if e in seed.entities), default=0.0
    )
    score += 0.35 * len(set(meaning.words) & seed.words)
    if seed.name == _MASTER and meaning.standing == "master":
        score += 0.9
    bare = name.casefold().replace("_", "")
    lead = bare[:3]
    starts = max((_shared(bare, word) for word in seed.words if word[:3] == lead), default=0)
    return score + (min(0.5, 0.22 + 0.12 * (starts - 3)) if starts >= 3 else 0.0)


def _name_the_rest(
    names: Sequence[str],
    meanings: Mapping[str, TableMeaning],
    pulls: Matrix,
    found: dict[str, str],
) -> None:
    """Give tables that no seed reached domains by how they hang together."""
    import networkx as nx

    rest = [i for i, name in enumerate(names) if name not in found]
    if not rest:
        return
    graph = nx.Graph()
    graph.add_nodes_from(rest)
    graph.add_weighted_edges_from((a, b, pulls[a, b]) for a in rest for b in rest if a < b)
    for group in nx.community.greedy_modularity_communities(graph, weight="weight"):
        members = sorted(group)
        chief = max(members, key=lambda i: (pulls[i, members].sum(), -i))
        words = meanings[names[chief]].words
        title = " ".join(words[:3]).capitalize() if len(members) > 1 and words else OTHER
        found.update((names[i], title) for i in members if names[i] not in found)


def _join_small(
    names: Sequence[str], pulls: Matrix, found: dict[str, str], settled: Mapping[str, str]
) -> None:
    """Let domains of very few tables join the one they belong to."""
    least = max(_FEWEST, round(_LEAST_SHARE * len(names)))
    joins = {seed.name: seed.joins for seed in _seeds()}
    kept = set(settled.values())
    while True:
        sizes = Counter({**found, **settled}.values())
        small = [d for d in sorted(sizes, key=lambda d: (sizes[d], d)) if d not in kept]
        if len(sizes) < 2 or not small or sizes[small[0]] >= least:
            return
        partner = joins.get(small[0], "")
        target = partner if sizes.get(partner) else _nearest(names, pulls, found, small[0])
        if not target:
            kept.add(small[0])
            continue
        for name in names:
            if found.get(name) == small[0]:
                found[name] = target


def _nearest(names: Sequence[str], pulls: Matrix, found: Mapping[str, str], domain: str) -> str:
    """The domain that pulls most at one."""
    mass: dict[str, float] = defaultdict(float)
    own = [i for i, name in enumerate(names) if found.get(name) == domain]
    for row in own:
        for other, name in enumerate(names):
            title = found.get(name, domain)
            if title != domain:
                mass[title] += float(pulls[row, other])
    return max(sorted(mass), key=mass.__getitem__, default="")
