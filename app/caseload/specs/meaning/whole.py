"""The meaning of a whole catalog: words → tables → concepts → keys and links."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import lru_cache

from caseload.model.catalog import Catalog, FieldSpec, Side, TableSpec
from caseload.model.relationship import LinkDecision
from caseload.specs.meaning.code_lists import CodeListMatcher
from caseload.specs.meaning.concepts import FieldText, concept_scores, context_words
from caseload.specs.meaning.lexicon import Concept, Lexicon, shipped_lexicon
from caseload.specs.meaning.names import KEPT_STOP, Word, first_sentence
from caseload.specs.meaning.relationships import decide, relate
from caseload.specs.meaning.representation import final_representation, is_internal, shape_of
from caseload.specs.meaning.tables import table_meanings
from caseload.specs.meaning.types import (
    CatalogMeaning,
    FieldMeaning,
    FieldRole,
    Kind,
    Representation,
    TableMeaning,
)

KNOWN_FROM = 0.42
_SYSTEM = frozenset(
    (
        "entered_by",
        "entered_date",
        "entered_time",
        "entered_at",
        "last_updated_by",
        "last_updated_at",
        "deleted_indicator",
        "deleted_date",
        "deleted_by",
        "audit_action",
        "audit_date",
        "audit_user",
        "audit_terminal",
        "audit_sequence",
        "audit_reason",
        "record_number",
        "system_code",
    )
)
_MARKS = re.compile(r"(_?Int|Internal|Intern|Ccyy|CCYY|_INT|_INTERNAL|Fmt)$")


def understand(
    catalog: Catalog,
    lexicon: Lexicon | None = None,
    code_lists: Collection[str] | None = None,
    decisions: Sequence[LinkDecision] = (),
) -> CatalogMeaning:
    """Say what every table and field of `catalog` means.

    `code_lists` are the names of the code lists at hand (crosswalk file names without
    ending); None leaves the lexicon's own names.  `decisions` are what people said about
    links between its tables.
    """
    names = None if code_lists is None else tuple(sorted(code_lists))
    if lexicon is not None:
        whole = _understood(catalog, lexicon, names)
    else:
        whole = _remembered(tuple(catalog.tables.values()), catalog.side, names)
        whole = replace(
            whole,
            tables=dict(whole.tables),
            fields=dict(whole.fields),
            keys=dict(whole.keys),
            relationships=list(whole.relationships),
            doubtful=list(whole.doubtful),
        )
    decide(catalog, whole, decisions)
    return whole


@lru_cache(maxsize=4)
def _remembered(
    tables: tuple[TableSpec, ...], side: Side, code_lists: tuple[str, ...] | None
) -> CatalogMeaning:
    """The meaning by the shipped lexicon, which several stages of one run ask for."""
    catalog = Catalog(side, {table.name: table for table in tables})
    return _understood(catalog, shipped_lexicon(), code_lists)


def _understood(
    catalog: Catalog, lexicon: Lexicon, code_lists: tuple[str, ...] | None
) -> CatalogMeaning:
    tables = table_meanings(catalog, lexicon)
    twins = _twins(catalog)
    dated = {(t, of) for (t, name), of in twins.items() if _is_internal_date(catalog, t, name)}
    contexts = {name: context_words(table, lexicon) for name, table in tables.items()}
    texts = [
        _text(spec, lexicon, dated, contexts[spec.table_name]) for spec in catalog.all_fields()
    ]
    matcher = CodeListMatcher(code_lists, lexicon)
    scores = concept_scores(texts, tables, lexicon) if texts else None
    meanings: dict[tuple[str, str], FieldMeaning] = {}
    for row, text in enumerate(texts):
        assert scores is not None  # noqa: S101
        best = int(scores[row].argmax())
        found = _meaning(
            text, tables[text.spec.table_name], lexicon.concepts[best], float(scores[row, best])
        )
        meanings[text.spec.table_name, text.spec.field_name] = found
    _copy_to_twins(meanings, twins)
    _add_code_lists(catalog, meanings, matcher)
    whole = CatalogMeaning(tables, meanings, vectors=scores)
    relate(catalog, whole)
    return whole


def _is_internal_date(catalog: Catalog, table: str, name: str) -> bool:
    spec = catalog.find(table, name)
    return spec is not None and spec.size in (8, 12, 14) and not name.lower().endswith("fmt")


def _in_context(word: Word, context: set[str]) -> Word:
    """The word with the reading first that the table's own words speak for."""
    if len(word.readings) < 2 or set(word.first) & context:
        return word
    spoken = [r for r in word.readings if set(r) & context]
    return Word(word.raw, (*spoken, *(r for r in word.readings if r not in spoken)))


def _text(
    spec: FieldSpec, lexicon: Lexicon, dated: set[tuple[str, str]], context: set[str]
) -> FieldText:
    slots = tuple(_in_context(w, context) for w in lexicon.words.of_name(spec.field_name))
    shape = shape_of(spec, slots, (spec.table_name, spec.field_name) in dated)
    if shape.internal:
        slots = slots[:-1] if is_internal(spec, slots[1:]) or _marked_last(slots) else slots[1:]
    return FieldText(spec, slots, lexicon.words.of_prose(first_sentence(spec.description)), shape)


def _marked_last(slots: tuple[Word, ...]) -> bool:
    return slots[-1].raw.startswith(("int", "ccyy", "yyyy"))


def _meaning(text: FieldText, table: TableMeaning, concept: Concept, score: float) -> FieldMeaning:
    spec = text.spec
    words = text.words
    number = int(words[-1]) if words and words[-1].isdigit() else 0
    known = score >= KNOWN_FROM
    kind = concept.kind if known else _kind_by_shape(text)
    name = concept.name if known else "_".join(dict.fromkeys(words)) or spec.field_name.lower()
    reasons = [f"name reads “{' '.join(words)}”"]
    if text.prose:
        reasons.append(f"described as “{spec.description}”")
    if text.shape.sure is not None:
        reasons.append(f"form says {text.shape.sure.value}")
    if known and concept.nhs_item:
        reasons.append(f"NHS Data Dictionary: {concept.nhs_item}")
    return FieldMeaning(
        spec.table_name,
        spec.field_name,
        name,
        kind,
        (concept.entity if known and concept.entity else table.entity),
        final_representation(spec, text.shape, kind, _last_word(name, words)),
        concept.code_list if known else "",
        FieldRole.SYSTEM if known and name in _SYSTEM else FieldRole.FACT,
        "",
        number,
        known,
        round(min(1.0, score), 3),
        words,
        tuple(reasons),
    )


_TEXTUAL_NUMBERS = frozenset(
    ("nhs_number", "hospital_number", "gmc_number", "professional_registration")
)


def _last_word(concept: str, words: tuple[str, ...]) -> str:
    """The name's last word; none for numbers that are not stored as such."""
    return "" if concept in _TEXTUAL_NUMBERS or not words else words[-1]


_CODE_ENDS = frozenset(
    (
        "quarter",
        "shift",
        "channel",
        "group",
        "type",
        "status",
        "grade",
        "class",
        "level",
        "mode",
        "frequency",
        "day",
        "band",
        "sex",
        "direction",
        "initial",
        "category",
        "role",
        "method",
        "side",
        "reason",
        "outcome",
        "action",
        "scheme",
    )
)


def _kind_by_shape(text: FieldText) -> Kind:
    """The kind of a field that no concept fits, from its form and its last word."""
    sure = text.shape.sure
    if sure is not None:
        if sure is Representation.TIME:
            return Kind.TIME
        return Kind.FLAG if sure is Representation.FLAG else Kind.DATE
    last = text.words[-1] if text.words else ""
    if last in ("number", "identifier"):
        return Kind.IDENTIFIER
    if last in ("code", "type", "status", "reason", "category", "outcome", "method"):
        return Kind.CODE
    if last in ("count", "total", "days", "minutes", "weeks", "hours", "sequence", "amount"):
        return Kind.NUMBER
    if last in ("name", "surname", "forename"):
        return Kind.NAME
    size = text.spec.size or 10
    if size == 1 and last not in _CODE_ENDS:
        return Kind.FLAG
    return Kind.CODE if size <= 3 else Kind.TEXT


def _twins(catalog: Catalog) -> dict[tuple[str, str], str]:
    """(table, internal-form field) → the displayed field beside it."""
    found = {}
    for table in catalog.tables.values():
        names = {_bare(f.field_name): f.field_name for f in table.fields}
        for spec in table.fields:
            stem = _MARKS.sub("", spec.field_name)
            if stem == spec.field_name:
                lowered = re.sub(r"^(Internal|Intern|Int)(?=[A-Z])", "", spec.field_name)
                if lowered == spec.field_name or spec.size not in (8, 12, 14):
                    continue
                stem = lowered
            other = names.get(_bare(stem))
            if other and other != spec.field_name:
                found[table.name, spec.field_name] = other
    return found


def _bare(name: str) -> str:
    return name.replace("_", "").casefold()


def _copy_to_twins(
    meanings: dict[tuple[str, str], FieldMeaning], twins: dict[tuple[str, str], str]
) -> None:
    for (table, name), displayed in twins.items():
        shown, twin = meanings[table, displayed], meanings[table, name]
        meanings[table, name] = replace(
            twin,
            concept=shown.concept,
            kind=shown.kind,
            entity=shown.entity,
            known=shown.known,
            confidence=max(shown.confidence, twin.confidence),
            role=FieldRole.TWIN,
            twin_of=displayed,
            reasons=(*twin.reasons, f"internal form of {displayed}"),
        )


def _add_code_lists(
    catalog: Catalog, meanings: dict[tuple[str, str], FieldMeaning], matcher: CodeListMatcher
) -> None:
    by_element: dict[str, list[str]] = defaultdict(list)
    for spec in catalog.all_fields():
        key = (spec.table_name, spec.field_name)
        meaning = meanings[key]
        name = matcher.match(spec, meaning)
        if name != meaning.code_list:
            meanings[key] = meaning = replace(meaning, code_list=name)
        if name and spec.data_element:
            by_element[spec.data_element].append(name)
    for spec in catalog.all_fields():
        names = by_element.get(spec.data_element)
        if not names or len(set(names)) == 1:
            continue
        common = max(sorted(set(names)), key=names.count)
        key = (spec.table_name, spec.field_name)
        meaning = meanings[key]
        if meaning.code_list and names.count(common) > 0.6 * len(names):
            meanings[key] = replace(meaning, code_list=common)


def qualifying_words(meaning: FieldMeaning) -> frozenset[str]:
    """Words such as to and from that tell two facts of one kind apart."""
    return frozenset(meaning.words) & KEPT_STOP
