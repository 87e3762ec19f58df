"""A made-up trading house whose links are known, named in the ways that real systems name.

One truth, many styles: what differs is only what tables, keys and foreign keys are called.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from caseload.model.catalog import Catalog, FieldSpec, Side, TableSpec

Link = tuple[str, frozenset[tuple[str, str]], str]

# Each table: plain fields, then "role=parent" (role empty: named after the parent alone).
# A ! ends the fields that make up the key besides what it says.
TABLES = {
    "country": "name, currency:char3, vat_rate:number",
    "region": "name, =country",
    "city": "name, =region, population:number",
    "address": "street, postcode:char8, =city",
    "customer": "name, status:char1, phone, =address, since:date, external_reference",
    "customer_note": "text, written:date, =customer, author=employee",
    "employee": "name, title:char4, =department, manager=employee, hired:date",
    "department": "name, budget:number, =site",
    "site": "name, =address, opened:date",
    "category": "name, parent=category, sort_order:number",
    "product": "name, weight:number, =category, =supplier, status:char1, barcode",
    "supplier": "name, =address, rating:number, phone",
    "warehouse": "name, =site, capacity:number",
    "stock": "!=product !=warehouse, quantity:number, counted:date",
    "stock_count": "!=product !=warehouse !counted:date, found:number, counter=employee",
    "order": "placed:date, =customer, ship=address, bill=address, seller=employee, total:number",
    "order_line": "!=order !line_number:number, =product, quantity:number, price:number",
    "line_discount": "!=order !line_number:number !=promotion, amount:number",
    "promotion": "name, starts:date, ends:date, =category",
    "shipment": "sent:date, =order, =warehouse, =carrier, tracking_number",
    "carrier": "name, phone, batch_number",
    "invoice": "issued:date, =order, total:number, paid:char1",
    "payment": "paid_on:date, =invoice, method:char2, bank_reference, amount:number",
    "return_note": "returned:date, =order, reason:char2, handled=employee",
}  # fmt: skip


@dataclass(frozen=True)
class Style:
    """How tables, keys and foreign keys are called; `tuned` ones were looked at while tuning."""

    name: str
    tuned: bool
    table: Callable[[str], str]
    key: Callable[[str], str]
    foreign: Callable[[str, str, str], str]  # child, role, parent
    plain: Callable[[str, str], str]  # table, field
    key_type: str = "INTEGER"


def plural(word: str) -> str:
    """The plural of a snake-case word."""
    if word.endswith("y") and word[-2] not in "aeou":
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "h")) else "s")


def camel(word: str) -> str:
    """order_line as OrderLine."""
    return "".join(part.capitalize() for part in word.split("_"))


def short(word: str) -> str:
    """A terse form: consonants, at most five letters a word."""
    parts = [part[0] + re.sub("[aeiou]", "", part[1:]) for part in word.split("_")]
    return "".join(part[:5] for part in parts).upper()


def initials(word: str) -> str:
    """A column prefix: two letters, or the initials."""
    parts = word.split("_")
    return (parts[0][:2] if len(parts) == 1 else "".join(p[0] for p in parts)).upper()


def _role(role: str, name: str) -> str:
    return f"{role}_{name}" if role else name


STYLES = (
    Style("plural tables, id", True, plural, lambda t: "id",
          lambda c, r, p: (r or p) + "_id" if r in ("", "parent", "manager") else f"{r}_{p}_id",
          lambda t, f: f),
    Style("customer_id everywhere", True, str, lambda t: f"{t}_id",
          lambda c, r, p: f"{_role(r, p)}_id", lambda t, f: f),
    Style("CustomerID", True, camel, lambda t: camel(t) + "ID",
          lambda c, r, p: camel(_role(r, p)) + "ID", lambda t, f: camel(f)),
    Style("named after the table", True, plural, lambda t: "id",
          lambda c, r, p: _role(r, p), lambda t, f: f),
    Style("terse, one name everywhere", False, lambda t: short(t), lambda t: short(t) + "_NO",
          lambda c, r, p: (short(r) + "_" if r else "") + short(p) + "_NO", lambda t, f: short(f)),
    Style("column prefixes", False, str.upper, lambda t: f"{initials(t)}_ID",
          lambda c, r, p: f"{initials(c)}_{(r.upper() + '_') if r else ''}{p.upper()}_ID",
          lambda t, f: f"{initials(t)}_{f.upper()}"),
    Style("fk_ and uuid", True, plural, lambda t: "uuid",
          lambda c, r, p: f"fk_{_role(r, p)}", lambda t, f: f, "CHAR"),
    Style("Code as key", False, camel, lambda t: "Code",
          lambda c, r, p: camel(_role(r, p)) + "Code", lambda t, f: camel(f), "VARCHAR"),
    Style("table prefix TBL_", True, lambda t: f"TBL_{t.upper()}", lambda t: f"{t.upper()}_KEY",
          lambda c, r, p: f"{_role(r, p).upper()}_KEY", lambda t, f: f.upper()),
)  # fmt: skip


@dataclass
class World:
    """A catalog in one style, and its true links."""

    style: Style
    catalog: Catalog
    links: set[Link] = field(default_factory=set)


def world(style: Style, *, keys: bool) -> World:
    """The house in a style; `keys`: primary keys are flagged, as a database would."""
    made = World(style, Catalog(Side.SOURCE))
    own: dict[str, tuple[str, ...]] = {
        name: (style.key(name),) for name, text in TABLES.items() if "!" not in text
    }
    pending = {}
    for name, text in TABLES.items():
        parts = [p for p in re.split(r"[,\s]+", text.replace("!", " !")) if p]
        specs, key = [], []
        if name in own:
            specs.append((own[name][0], style.key_type, True, ""))
        for part in parts:
            in_key, part = part.startswith("!"), part.removeprefix("!")
            title, _, kind = part.partition(":")
            role, is_link, parent = title.partition("=")
            if is_link:
                column = style.foreign(name, role, parent)
                specs.append((column, style.key_type, in_key, parent))
            else:
                data = {"number": "INTEGER", "date": "DATE"}.get(kind, "VARCHAR")
                column = style.plain(name, title)
                specs.append((column, data, in_key, ""))
            if in_key:
                key.append(column)
        own.setdefault(name, tuple(key))
        pending[name] = specs
    for name, specs in pending.items():
        table = style.table(name)
        fields = [
            FieldSpec(table, column, place, data_type=data, key=keys and in_key)
            for place, (column, data, in_key, _) in enumerate(specs, 1)
        ]
        made.catalog.tables[table] = TableSpec(table, tuple(fields))
        for column, _, _, parent in specs:
            if parent:
                pairs = frozenset([(column, own[parent][0])])
                made.links.add((table, pairs, style.table(parent)))
    for child, parent in (("stock_count", "stock"), ("line_discount", "order_line")):
        shared = frozenset((name, name) for name in own[parent])
        made.links.add((style.table(child), shared, style.table(parent)))
    return made
