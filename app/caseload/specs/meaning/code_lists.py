"""Which code list a coded field uses, among the lists (crosswalks) that are at hand."""

from __future__ import annotations

import re
from collections.abc import Collection

from caseload.model.catalog import FieldSpec
from caseload.specs.meaning.lexicon import Lexicon
from caseload.specs.meaning.types import FieldMeaning, Kind, Representation


class CodeListMatcher:
    """Matches fields to code list names by code type, concept and words."""

    def __init__(self, names: Collection[str] | None, lexicon: Lexicon) -> None:
        self._names = None if names is None else sorted(names)
        self._lexicon = lexicon
        self._words = {
            name: frozenset(lexicon.words.canonical(name.replace("_", " ")))
            for name in self._names or ()
        }
        self._cache: dict[tuple[str, ...], tuple[float, str]] = {}

    def match(self, spec: FieldSpec, meaning: FieldMeaning) -> str:
        """The list's name, or "" when the field is not coded or no list fits."""
        if self._names is None:
            return meaning.code_list
        if spec.code_type:
            words = self._lexicon.words.of_prose(re.sub(r"^\s*\d+\s*", "", spec.code_type))
            named = self._by_phrase(words, meaning.entity)
            if named:
                return named
            score, name = self._best(words)
            if score >= 0.55:
                return name
        coded = meaning.representation in (Representation.CODE, Representation.FLAG)
        if meaning.code_list in self._words and (coded or meaning.kind in (Kind.CODE, Kind.FLAG)):
            return meaning.code_list
        if meaning.kind is Kind.FLAG and "yes_no" in self._words:
            return "yes_no"
        if meaning.kind is Kind.CODE and (spec.size or 9) <= 6:
            score, name = self._best((*meaning.words, *meaning.concept.split("_")))
            if score >= 0.8:
                return name
        return ""

    def _by_phrase(self, words: tuple[str, ...], entity: str) -> str:
        """The list of the concept that is called so; of several, the one of this entity."""
        wanted = frozenset(words)
        found = [
            concept
            for concept in self._lexicon.concepts
            if concept.code_list in self._words
            and any(frozenset(phrase) == wanted for phrase in concept.phrases)
        ]
        if not found:
            return ""
        own = [c for c in found if c.entity == entity]
        return (own or found)[0].code_list

    def _best(self, words: tuple[str, ...]) -> tuple[float, str]:
        known = self._cache.get(words)
        if known is not None:
            return known
        own = set(words)
        best = (0.0, "")
        for name, other in self._words.items():
            shared = own & other
            if not shared:
                continue
            weight = self._lexicon.weight
            of_list = sum(map(weight, shared)) / sum(map(weight, other))
            of_field = sum(map(weight, shared)) / sum(map(weight, own))
            score = of_list * (0.6 + 0.4 * of_field)
            if score > best[0]:
                best = (score, name)
        self._cache[words] = best
        return best
