"""Dictionaries whose columns nobody can tell from their headers or from what is in them."""

from __future__ import annotations

import csv

TABLES = ("Ward", "Bed", "Stay")
FIELDS = ("number", "opened on", "state of use", "remark", "held by")
HEADERS = ("Gribble", "Frotz", "Zorp", "Quux", "Blurb")


def rows(extra=()):
    """A row a field: table, field, type, size, meaning."""
    return [
        [table, f"{table} {field}", ("kin one", "kin two")[place % 2], f"up to {8 + place}", "Text"]
        for table in TABLES
        for place, field in enumerate((*FIELDS, *extra))
    ]


def odd_csv(path, headers=HEADERS, *, extra=(), order=(0, 1, 2, 3, 4), title="Wibble register"):
    """Write such a dictionary, its columns in an `order`."""
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        if title:
            out.writerow([title])
        if headers:
            out.writerow([headers[place] for place in order])
        out.writerows([row[place] for place in order] for row in rows(extra))
    return path
