"""Judgement over a whole document: what shading means, where references lead, how sure each is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from caseload.model.catalog import Check, FieldSpec, TableSpec
from caseload.specs.readers.assembled import Assembled, ReadField, ReadTable
from caseload.specs.readers.confidence import row_checks, score
from caseload.specs.readers.grid import Colour, Extracted

_CODE_HEADING = re.compile(
    r"^code (?:type|list|set)\s*(?:no\.?\s*)?(\d+)\s*[:\u2013\u2014-]\s*(.+)$", re.IGNORECASE
)
_SHADING_SAID = re.compile(
    r"\b(?:grey|gray|shaded|shading|background|highlighted|coloured)\b[^.]*\b(?:mandatory|required)\b"
    r"|\b(?:mandatory|required)\b[^.]*\b(?:grey|gray|shaded|shading|highlighted)\b",
    re.IGNORECASE,
)
_STAR = r"(?:\*|\u2020|\u2021|\basterisks?\b|\bstarred\b|\bstars?\b|\bdagger\b)"
_STARS_SAID = re.compile(
    rf"{_STAR}[^.]*\b(?:mandatory|required|compulsory)\b"
    rf"|\b(?:mandatory|required|compulsory)\b[^.]*{_STAR}",
    re.IGNORECASE,
)
_STYLES = (
    re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*"),
    re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*"),
)


def finish(read: Assembled, extracted: Extracted) -> list[TableSpec]:
    """Tables with everything settled, in the document's order; adds to `read.problems`."""
    fields = [one for table in read.tables.values() for one in table.fields]
    _settle_mandatory(read, extracted)
    _settle_references(read)
    titles = _code_titles(extracted.prose)
    _settle_code_types(fields, titles)
    style = _style([one.spec.field_name for one in fields])
    whole = Counter(one.spec.field_name for one in fields if one.facts.lines == 1)
    mentioned = set(re.findall(r"\b\w+\b", " ".join(one.spec.description for one in fields)))
    tables = []
    for order, table in enumerate(read.tables.values(), 1):
        for one in table.fields:
            name = one.spec.field_name
            one.facts.seen_whole = whole[name] > 0 or name in mentioned
            checks = [
                *row_checks(one.spec, one.facts, style),
                *_reference_check(one.spec, read.tables),
                *_code_check(one.spec, titles),
            ]
            one.spec = replace(one.spec, checks=tuple(checks), confidence=score(checks))
        tables.append(
            TableSpec(
                table.name,
                tuple(one.spec for one in table.fields),
                table.description or read.descriptions.get(table.name, ""),
                read.orders.get(table.name, order),
                table.place,
            )
        )
    return tables


def _settle_mandatory(read: Assembled, extracted: Extracted) -> None:
    """Comments and columns decide; shading adds rows where it is seen to mean the same.

    So does a star behind a name where the narrative says so.
    """
    fields = [one for table in read.tables.values() for one in table.fields]
    narrative = " ".join(text for _, text in extracted.prose)
    meaning = _meaning_shades(read.tables.values(), narrative)
    stars = bool(_STARS_SAID.search(narrative))
    for one in fields:
        if stars and one.traits.mandatory is None:
            one.traits.mandatory = one.facts.starred or None
        if meaning:
            one.facts.shaded = one.shade in meaning
        said = one.facts.said_mandatory = one.traits.mandatory
        mandatory = bool(said) or (said is None and bool(one.facts.shaded))
        if said is False and one.facts.shaded:
            mandatory = True
        one.spec = replace(
            one.spec, mandatory=mandatory, key=one.traits.key, unique=one.traits.unique
        )


def _meaning_shades(tables: Iterable[ReadTable], narrative: str) -> set[Colour]:
    """The row colours that stand for mandatory."""
    rows = [one for table in tables for one in table.fields]
    shades = Counter(one.shade for one in rows if one.shade is not None)
    if not shades or _is_zebra([t.fields for t in tables]):
        return set()
    stated = bool(_SHADING_SAID.search(narrative))
    plain = [one for one in rows if one.shade is None]
    plain_share = _share_said(plain)
    meaning = set()
    for shade, count in shades.items():
        share = _share_said([one for one in rows if one.shade == shade])
        if count < len(rows) * 0.9 and (
            share > plain_share + 0.25 or (stated and share >= plain_share)
        ):
            meaning.add(shade)
    return meaning


def _share_said(rows: Sequence[ReadField]) -> float:
    return sum(one.traits.mandatory is True for one in rows) / len(rows) if rows else 0.0


def _is_zebra(tables: Sequence[Sequence[ReadField]]) -> bool:
    """Whether shading simply alternates from row to row."""
    changes = pairs = 0
    for fields in tables:
        for one, other in pairwise(fields):
            pairs += 1
            changes += (one.shade is None) != (other.shade is None)
    return pairs >= 6 and changes / pairs > 0.85


def _settle_references(read: Assembled) -> None:
    """Take the first reading of a reference that leads to a field which exists."""
    tables = {name.casefold(): table for name, table in read.tables.items()}
    for table in read.tables.values():
        for one in table.fields:
            readings = one.traits.foreign
            if readings:
                found = next((r for r in (_led(pair, tables) for pair in readings) if r), None)
                if found is None and not one.traits.sure:
                    continue
                name, target = found or readings[0]
                one.spec = replace(one.spec, foreign_table=name, foreign_field=target)


def _led(pair: tuple[str, str], tables: dict[str, ReadTable]) -> tuple[str, str] | None:
    """The table and field as they are written where they are defined; None if nowhere."""
    table = tables.get(pair[0].casefold())
    if table is None:
        return None
    names = {one.spec.field_name.casefold(): one.spec.field_name for one in table.fields}
    if pair[1]:
        name = names.get(pair[1].casefold()) or _glued(pair[1], names)
        return (table.name, name) if name else None
    keys = [one for one in table.fields if one.traits.key] or [
        one for one in table.fields if one.traits.unique
    ]
    return (table.name, keys[0].spec.field_name if len(keys) == 1 else "")


def _glued(read: str, names: dict[str, str]) -> str:
    """The field whose name a line's end cut, or ran together with the word after it."""
    read = read.casefold()
    cut = [name for key, name in names.items() if key.startswith(read)]
    if len(cut) == 1 and len(read) > 5:
        return cut[0]
    run_on = [name for key, name in names.items() if read.startswith(key) and len(key) > 5]
    return max(run_on, key=len, default="")


def _reference_check(spec: FieldSpec, tables: dict[str, ReadTable]) -> list[Check]:
    if not spec.foreign_table:
        return []
    folded = {name.casefold(): table for name, table in tables.items()}
    leads = _led((spec.foreign_table, spec.foreign_field), folded) is not None
    name = f"{spec.foreign_table}.{spec.foreign_field}"
    return [Check("foreign key leads to a field", leads, "" if leads else f"{name} is not here")]


def _code_titles(prose: Sequence[tuple[int, str]]) -> dict[str, str]:
    """The document's own list of code types: number to title."""
    found: dict[str, str] = {}
    for _, line in prose:
        match = _CODE_HEADING.match(line.strip())
        if match:
            found.setdefault(match.group(1), match.group(2).strip())
    return found


def _settle_code_types(fields: Sequence[ReadField], titles: dict[str, str]) -> None:
    """The list's title is fuller than one a comment's sentence ran into."""
    for one in fields:
        number, _, said = one.spec.code_type.partition(" ")
        title = titles.get(number, "")
        if title and said != title and (not said or said.casefold().startswith(title.casefold())):
            one.spec = replace(one.spec, code_type=f"{number} {title}")


def _code_check(spec: FieldSpec, titles: dict[str, str]) -> list[Check]:
    number = spec.code_type.partition(" ")[0]
    if not titles or not number.isdigit():
        return []
    return [Check("code type is listed", number in titles, "" if number in titles else number)]


def _style(names: Sequence[str]) -> re.Pattern[str] | None:
    """How nearly all names are written, when they are written alike."""
    for style in _STYLES:
        if len(names) >= 20 and sum(bool(style.fullmatch(n)) for n in names) > 0.93 * len(names):
            return style
    return None
