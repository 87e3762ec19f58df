"""Known edits to a catalog, drawn at random: what a vendor does between two releases.

Names change in the ways that names do change, and other things change beside them; what was
done is written down, so that a comparison can be held to it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from caseload.model.catalog import Catalog, FieldSpec, TableSpec
from caseload.model.schema_diff import FieldPlace

SHORTER = {
    "date": "dt", "number": "no", "code": "cd", "patient": "pt", "description": "desc",
    "address": "addr", "identifier": "id", "indicator": "ind", "consultant": "cons",
    "reference": "ref", "type": "typ", "status": "stat", "hospital": "hosp", "time": "tm",
    "reason": "rsn", "specialty": "spec", "appointment": "appt", "admission": "adm",
    "discharge": "disch", "count": "cnt", "amount": "amt", "internal": "int",
}  # fmt: skip
OTHER_WORDS = {
    "sex": "gender", "surname": "familyname", "postcode": "postalcode", "forename": "givenname",
    "practitioner": "doctor", "clinic": "outpatientclinic", "ward": "unit", "comment": "remark",
    "telephone": "phone", "start": "begin", "end": "finish", "user": "operator", "site": "location",
}  # fmt: skip
STRANGE = ["Zeta", "Omni", "Karo", "Luma", "Veta", "Quor", "Nilo", "Brax", "Sodi", "Terp"]
PROSE = [
    "Holds the moment at which the record was handed over to the archive.",
    "Free text that the receiving department adds on arrival.",
    "Set when the item was printed at least once.",
    "Links the row to the batch it was imported with.",
    "Number of attempts before the call was answered.",
    "Colour of the wristband issued at the desk.",
    "Tells whether an interpreter was asked for.",
    "Mileage claimed for the journey, in whole miles.",
    "Shelf on which the paper casenote is kept.",
    "Weight in grams as measured at the first contact.",
]


@dataclass
class Edits:
    """The edited catalog and what was done to get there."""

    catalog: Catalog
    renamed: dict[FieldPlace, FieldPlace] = field(default_factory=dict)
    tables_renamed: dict[str, str] = field(default_factory=dict)
    moved: dict[FieldPlace, FieldPlace] = field(default_factory=dict)
    removed: set[FieldPlace] = field(default_factory=set)
    added: set[FieldPlace] = field(default_factory=set)
    tables_removed: set[str] = field(default_factory=set)
    tables_added: set[str] = field(default_factory=set)
    altered: set[tuple[FieldPlace, str]] = field(default_factory=set)
    by_style: dict[FieldPlace, str] = field(default_factory=dict)


def words_of(name):
    return re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z]+|[a-z]+|\d+", name) or [name]


def snake(name, rng):
    parts = words_of(name)
    if "_" in name:
        return "".join(p.capitalize() for p in parts)
    return "_".join(p.upper() for p in parts)


def shorter(name, rng):
    parts = words_of(name)
    back = {v: k for k, v in SHORTER.items()}
    done = [SHORTER.get(p.lower()) or back.get(p.lower()) or p.lower() for p in parts]
    if done == [p.lower() for p in parts]:
        at = max(range(len(parts)), key=lambda i: len(parts[i]))
        long = parts[at]
        done[at] = long[0] + re.sub("[aeiou]", "", long[1:]) if len(long) > 4 else long + "s"
    return _styled(done, name)


def typo(name, rng):
    if len(name) < 4:
        return name + "x"
    at = rng.randrange(1, len(name) - 2)
    if rng.random() < 0.5:
        return name[:at] + name[at + 1 :]
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def prefixed(name, rng):
    parts = words_of(name)
    if len(parts) > 2 and rng.random() < 0.5:
        return _styled([p.lower() for p in parts[1:]], name)
    extra = rng.choice(["pt", "cur", "main", "rec", "new", "std"])
    return _styled([extra, *[p.lower() for p in parts]], name)


def suffixed(name, rng):
    extra = rng.choice(["code", "no", "flag", "1", "id", "text"])
    return _styled([*[p.lower() for p in words_of(name)], extra], name)


def synonym(name, rng):
    parts = [p.lower() for p in words_of(name)]
    done = [OTHER_WORDS.get(p, p) for p in parts]
    return _styled(done, name) if done != parts else turned(name, rng)


def turned(name, rng):
    parts = [p.lower() for p in words_of(name)]
    if len(parts) < 2:
        return shorter(name, rng)
    return _styled([*parts[1:], parts[0]], name)


def strange(name, rng):
    return _styled([rng.choice(STRANGE).lower(), rng.choice(STRANGE).lower()], name)


STYLES = [snake, shorter, typo, prefixed, suffixed, synonym, turned, strange]


def _styled(parts, like):
    if "_" in like or like.isupper():
        return "_".join(p.upper() for p in parts)
    return "".join(p.capitalize() for p in parts)


def edited(catalog: Catalog, rng, *, share=0.05, rename_tables=True) -> Edits:
    """`catalog` after a release: about `share` of its fields renamed, others added and so on."""
    made = Edits(catalog)
    tables = {n: list(t.fields) for n, t in catalog.tables.items()}
    for name in list(tables):
        roll = rng.random()
        if roll < share / 4 and len(tables) > 3:
            del tables[name]
            made.tables_removed.add(name)
        else:
            tables[name] = _edited_table(name, tables[name], rng, share, made)
    _move(tables, rng, made, max(1, int(len(tables) * share / 3)))
    _add_tables(tables, rng, made, max(1, int(len(tables) * share / 4)))
    renamed = _rename_tables(tables, rng, made, share / 2) if rename_tables else {}
    made.catalog = replace(
        catalog,
        tables={
            renamed.get(n, n): TableSpec(
                renamed.get(n, n),
                tuple(
                    replace(f, table_name=renamed.get(n, n), position=i)
                    for i, f in enumerate(fields, 1)
                ),
                catalog.tables[n].description if n in catalog.tables else "",
                catalog.tables[n].load_order if n in catalog.tables else None,
            )
            for n, fields in tables.items()
        },
    )
    return made


def _edited_table(name, fields, rng, share, made):
    out = []
    names = {f.field_name.casefold() for f in fields}
    for spec in fields:
        place = FieldPlace(name, spec.field_name)
        roll = rng.random()
        if roll < share:
            style = rng.choice(STYLES)
            new = style(spec.field_name, rng)
            if new.casefold() in names and new.casefold() != spec.field_name.casefold():
                out.append(spec)
                continue
            if new == spec.field_name:
                out.append(spec)
                continue
            names.add(new.casefold())
            made.renamed[place] = FieldPlace(name, new)
            made.by_style[place] = style.__name__
            out.append(_disturbed(replace(spec, field_name=new), rng, 0.3))
        elif roll < share * 1.5:
            made.removed.add(place)
            if rng.random() < 0.5:
                out.append(_invented(name, spec, rng, names, made))
        else:
            out.append(_altered(spec, place, rng, share, made))
        if rng.random() < share / 3:
            out.append(_invented(name, spec, rng, names, made))
    if rng.random() < share and len(out) > 3:
        at = rng.randrange(len(out))
        out.insert(rng.randrange(len(out)), out.pop(at))
    return out


def _invented(table, like: FieldSpec, rng, names, made):
    while True:
        name = strange("Ab" if not like.field_name.isupper() else "AB", rng) + rng.choice(
            ["Flag", "Text", "Code", "Time", "Score", "Level"]
        )
        if like.field_name.isupper():
            name = name.upper()
        if name.casefold() not in names:
            break
    names.add(name.casefold())
    made.added.add(FieldPlace(table, name))
    return FieldSpec(
        table,
        name,
        0,
        data_type=like.data_type,
        length=like.length if rng.random() < 0.4 else str(rng.choice([1, 2, 4, 8, 30, 60])),
        description=rng.choice(PROSE) if like.description else "",
        mandatory=like.mandatory,
    )


def _disturbed(spec, rng, chance):
    if rng.random() < chance and spec.length.isdigit():
        spec = replace(spec, length=str(int(spec.length) + rng.choice([1, 5, 10])))
    if rng.random() < chance and spec.description:
        words = spec.description.split()
        keep = [w for w in words if rng.random() > 0.15] or words
        spec = replace(spec, description=" ".join(keep))
    return spec


def _altered(spec, place, rng, share, made):
    if rng.random() >= share:
        return spec
    kind = rng.choice(["length", "mandatory", "type", "values"])
    if kind == "length" and spec.length.isdigit():
        by = rng.choice([-1, 1])
        size = max(1, int(spec.length) * 2 if by > 0 else int(spec.length) // 2)
        if str(size) != spec.length:
            made.altered.add((place, "longer" if by > 0 else "shorter"))
            return replace(spec, length=str(size))
    if kind == "mandatory":
        made.altered.add((place, "no longer mandatory" if spec.mandatory else "newly mandatory"))
        return replace(spec, mandatory=not spec.mandatory)
    if kind == "type" and spec.data_type:
        made.altered.add((place, "type"))
        new = "NUMBER" if spec.data_type != "NUMBER" else "VARCHAR2"
        return replace(spec, data_type=new)
    if kind == "values":
        made.altered.add((place, "allowed values"))
        return replace(spec, allowed_values=(*spec.allowed_values, "ZZ"))
    return spec


def _move(tables, rng, made, count):
    names = [n for n in tables if len(tables[n]) > 3]
    held = {}
    for fields in tables.values():
        for spec in fields:
            held[spec.field_name.casefold()] = held.get(spec.field_name.casefold(), 0) + 1
    touched = set(made.renamed.values()) | made.added
    for _ in range(count):
        source, target = rng.choice(names), rng.choice(names)
        movable = [
            f
            for f in tables[source]
            if held[f.field_name.casefold()] == 1
            and FieldPlace(source, f.field_name) not in touched
            and not any(p == FieldPlace(source, f.field_name) for p, _ in made.altered)
        ]
        if source == target or not movable:
            continue
        spec = rng.choice(movable)
        tables[source].remove(spec)
        tables[target].append(spec)
        new = FieldPlace(target, spec.field_name)
        made.moved[FieldPlace(source, spec.field_name)] = new
        touched.add(new)


def _add_tables(tables, rng, made, count):
    for number in range(count):
        name = f"NEW_{rng.choice(STRANGE).upper()}_{number}"
        if name in tables:
            continue
        like = rng.choice(list(tables.values()))
        tables[name] = [
            FieldSpec(
                name, f"{rng.choice(STRANGE)}{i}", i, length="10", description=rng.choice(PROSE)
            )
            for i in range(1, 6)
        ] + [replace(f, table_name=name) for f in like[:1]]
        made.tables_added.add(name)


def _rename_tables(tables, rng, made, share):
    renamed = {}
    for name in list(tables):
        if name in made.tables_added or rng.random() >= share:
            continue
        new = rng.choice([shorter, prefixed, suffixed, typo, synonym])(name, rng).upper()
        if new in tables or new in renamed.values() or new == name:
            continue
        renamed[name] = new
        made.tables_renamed[name] = new
    for known in (made.renamed, made.moved):
        for old, place in list(known.items()):
            if place.table in renamed:
                known[old] = replace(place, table=renamed[place.table])
    made.added = {replace(p, table=renamed.get(p.table, p.table)) for p in made.added}
    return renamed
