"""Primary and foreign keys of a catalog: declared, stated or inferred, with their evidence.

What people decided goes before all: a refused link is used nowhere, a confirmed or drawn one
holds as if the document declared it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from caseload.model.catalog import Catalog
from caseload.model.relationship import (
    Cardinality,
    LinkDecision,
    LinkKind,
    LinkState,
    Relationship,
    joined,
)
from caseload.specs.meaning.relationships_candidates import candidates
from caseload.specs.meaning.relationships_items import Items
from caseload.specs.meaning.relationships_keys import Keys
from caseload.specs.meaning.relationships_told import Candidate
from caseload.specs.meaning.relationships_weights import Weights
from caseload.specs.meaning.types import CatalogMeaning, FieldRole

PROPOSED_FROM = 0.6
"""Inferred links that are less sure are not proposed; data may still speak for them."""


def relate(catalog: Catalog, whole: CatalogMeaning) -> None:
    """Fill `whole.keys`, `whole.relationships`, `whole.doubtful` and the key roles of fields."""
    items = Items(catalog, whole)
    finder = Keys(items)
    for name, table in catalog.tables.items():
        key = finder.key_of(table)
        if key is not None:
            whole.keys[name] = key
    weights = Weights(items, whole.keys)
    links = _best(weights.weigh(c) for c in _surest(candidates(items, whole.keys)))
    proposed = [link for link in links if link.confidence >= PROPOSED_FROM]
    whole.relationships = _nearest(proposed)
    whole.doubtful = [link for link in links if link.confidence < PROPOSED_FROM]
    _set_roles(whole)


def decide(catalog: Catalog, whole: CatalogMeaning, decisions: Sequence[LinkDecision]) -> None:
    """Make `whole.relationships` what people decided about them, and the roles of fields."""
    if not decisions:
        return
    refused = {d.at for d in decisions if d.state == LinkState.REJECTED}
    sure = {d.at: d for d in decisions if d.state != LinkState.REJECTED and _stands(catalog, d)}
    kept = [link for link in whole.relationships if link.at not in refused | set(sure)]
    whole.relationships = kept + [_sure(d, whole) for d in sure.values()]
    whole.refused = frozenset(refused)
    for at, meaning in whole.fields.items():
        if meaning.role is FieldRole.PARENT_KEY:
            whole.fields[at] = replace(meaning, role=FieldRole.FACT)
    _set_roles(whole)


def _stands(catalog: Catalog, decision: LinkDecision) -> bool:
    """True when all fields of a decided link are in the catalog."""
    own = all(catalog.find(decision.child, f) for f in decision.child_fields)
    return own and all(catalog.find(decision.parent, f) for f in decision.parent_fields)


def _sure(decision: LinkDecision, whole: CatalogMeaning) -> Relationship:
    for link in (*whole.relationships, *whole.doubtful):
        if link.at == decision.at:
            cardinality = Cardinality(decision.cardinality or link.cardinality)
            return replace(link, confidence=1.0, declared=True, cardinality=cardinality)
    return Relationship(
        decision.child,
        decision.child_fields,
        decision.parent,
        decision.parent_fields,
        1.0,
        declared=True,
        kind=LinkKind.DRAWN,
        cardinality=Cardinality(decision.cardinality or Cardinality.OPTIONAL_TO_MANY),
    )


def _surest(found: Iterable[Candidate]) -> list[Candidate]:
    """Each link once, found in the surest way; a self-evident one (a field itself) left out."""
    kept: dict[object, Candidate] = {}
    for candidate in found:
        if candidate.at not in kept or candidate.found.value < kept[candidate.at].found.value:
            kept[candidate.at] = candidate
    return list(kept.values())


def _best(links: Iterable[Relationship]) -> list[Relationship]:
    """Of the inferred links of the same fields the surest; declared and stated ones all."""
    kept: dict[tuple[str, tuple[str, ...]], list[Relationship]] = {}
    for link in links:
        held = kept.setdefault((link.child, link.child_fields), [])
        if link.declared:
            held[:] = [*(other for other in held if other.declared), link]
        elif not held or (not held[0].declared and held[0].confidence < link.confidence):
            held[:] = [link]
    return [link for held in kept.values() for link in held]


def _nearest(links: list[Relationship]) -> list[Relationship]:
    """Without inferred several-field links that follow from nearer ones.

    A coding line holds the keys of its episode and, within it, of the admission: it belongs to
    the admission through the episode.
    """
    wide: dict[str, list[Relationship]] = {}
    for link in links:
        if len(link.child_fields) > 1:
            wide.setdefault(link.child, []).append(link)

    def follows(link: Relationship) -> bool:
        if link.declared or len(link.child_fields) < 2:
            return False
        for nearer in wide[link.child]:
            if nearer.parent in (link.parent, link.child) or nearer.confidence < link.confidence:
                continue
            through = dict(zip(nearer.child_fields, nearer.parent_fields, strict=True))
            if not set(link.child_fields) < set(through):
                continue
            at = joined(
                nearer.parent,
                tuple(through[f] for f in link.child_fields),
                link.parent,
                link.parent_fields,
            )
            if link.parent == nearer.parent or any(
                other.at == at for other in wide.get(nearer.parent, ())
            ):
                return True
        return False

    return [link for link in links if not follows(link)]


def _set_roles(whole: CatalogMeaning) -> None:
    parents = {(r.child, f) for r in whole.relationships for f in r.child_fields}
    keys = {(k.table, f) for k in whole.keys.values() for f in k.fields}
    for at, meaning in whole.fields.items():
        if meaning.role is not FieldRole.FACT:
            continue
        if at in keys:
            whole.fields[at] = replace(meaning, role=FieldRole.KEY)
        elif at in parents:
            whole.fields[at] = replace(meaning, role=FieldRole.PARENT_KEY)
