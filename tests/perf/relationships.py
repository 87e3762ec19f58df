"""Prints how good and how quick the inference of links between tables is, on labelled sets.

    python tests/perf/relationships.py
    python tests/perf/relationships.py --omop FOLDER --synthea FOLDER
    python tests/perf/relationships.py --document FILE   any document that declares foreign keys
    python tests/perf/relationships.py --rows 3000000    measuring on rows, and a cancel
    python tests/perf/relationships.py --misses          list what was wrong

Declared foreign keys, and prose unless it is said, are hidden before inferring, and then
compared.  Sets marked "kept back" were not looked at while weights were set.  A true link that
no label names counts as wrong, so that no method reaches 1.0 on the pack.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from link_worlds import STYLES, world

from caseload.engine.connection import open_engine
from caseload.engine.keys import KeyValues
from caseload.model.catalog import Catalog, FieldSpec, Side, TableSpec
from caseload.model.errors import Cancelled
from caseload.model.progress import CancelToken
from caseload.model.relationship import Relationship
from caseload.specs.meaning import understand, whole
from caseload.specs.readers.document import read_document

ROOT = Path(__file__).resolve().parents[2]
KEY = ROOT / "tests" / "data" / "answer_key" / "source_fields.csv"
BAR_SECONDS = 5.0
Link = tuple[str, frozenset[tuple[str, str]], str]


@dataclass
class Labelled:
    """A catalog without its links, and its true links."""

    name: str
    catalog: Catalog
    truth: set[Link]
    kept_back: bool = False
    found: list[Relationship] = field(default_factory=list)


def pack() -> Labelled:
    """The shipped dictionary with the links and keys of its answer key."""
    with KEY.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    fields: dict[str, list[FieldSpec]] = defaultdict(list)
    keys: dict[str, list[str]] = defaultdict(list)
    elements = {(r["table_name"], r["field_name"]): r["data_element"] for r in rows}
    ends: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for row in rows:
        table, name = row["table_name"], row["field_name"]
        place = len(fields[table]) + 1
        more = {"length": row["size"], "data_element": row["data_element"]}
        fields[table].append(FieldSpec(table, name, place, description=row["description"], **more))
        if row["key"] == "Y":
            keys[table].append(name)
        parents = zip(row["foreign_table"].split(";"), row["foreign_field"].split(";"), strict=True)
        for parent, parent_field in parents:
            if parent:
                ends[table, parent].append((name, parent_field))
    catalog = Catalog(Side.SOURCE, {n: TableSpec(n, tuple(f)) for n, f in fields.items()})
    truth: set[Link] = set()
    for (child, parent), pairs in ends.items():
        if len({other for _, other in pairs}) < len(pairs):
            truth |= {(child, frozenset([pair]), parent) for pair in pairs}
            continue
        held = {other: own for own, other in pairs}
        for name in keys[parent]:  # what another parent's label says of the rest of the key
            same = (
                f.field_name
                for f in fields[child]
                if f.data_element == elements[parent, name] and f.field_name not in held.values()
            )
            if name not in held and (own := next(same, "")):
                held[name] = own
        truth.add((child, frozenset((own, other) for other, own in held.items()), parent))
    return Labelled("pack: 417 tables by data elements", catalog, _nearest(truth))


def _nearest(truth: set[Link]) -> set[Link]:
    """Without links of several fields that follow from nearer ones."""
    wide = {link for link in truth if len(link[1]) > 1}

    def follows(link: Link) -> bool:
        child, pairs, parent = link
        for other_child, other_pairs, other in wide:
            if other_child != child or other == parent:
                continue
            through = dict(other_pairs)
            if {own for own, _ in pairs} < set(through):
                on = frozenset((through[own], end) for own, end in pairs)
                if (other, on, parent) in wide:
                    return True
        return False

    return {link for link in truth if link not in wide or not follows(link)}


def documented(
    path: Path, name: str, *, keys: bool, prose: bool = False, told: bool = False
) -> Labelled:
    """A document's own foreign keys as labels; `prose`: those that its descriptions state.

    `told`: the descriptions are not hidden.
    """
    reading = read_document(path, path.name, lambda *_: None)
    tables = {t.name: t for t in reading.tables}
    stated = Catalog(Side.SOURCE, tables)
    truth: set[Link] = {
        (s.table_name, frozenset([(s.field_name, s.foreign_field)]), s.foreign_table)
        for s in stated.all_fields()
        if s.foreign_table and stated.find(s.foreign_table, s.foreign_field)
    }
    if prose:
        truth |= {r.at for r in understand(stated).relationships if r.kind.value == "stated"}
    hidden = {
        name: replace(table, fields=tuple(_bare(f, keys, told) for f in table.fields))
        for name, table in tables.items()
    }
    return Labelled(name, Catalog(Side.SOURCE, hidden), truth, kept_back=prose)


def _bare(spec: FieldSpec, keys: bool, told: bool) -> FieldSpec:
    return replace(
        spec,
        foreign_table="",
        foreign_field="",
        description=spec.description if told else "",
        unique=False,
        key=spec.key and keys,
    )


def judged(labelled: Labelled, *, misses: bool) -> tuple[set[Link], set[Link]]:
    """Infers, and prints precision and recall; answers with what was found and what is true."""
    whole._remembered.cache_clear()
    labelled.found = understand(labelled.catalog).relationships
    found = {link.at: link for link in labelled.found}
    right = labelled.truth & found.keys()
    precision, recall = len(right) / max(1, len(found)), len(right) / max(1, len(labelled.truth))
    mark = "  (kept back)" if labelled.kept_back else ""
    print(
        f"{labelled.name}: precision {precision:.3f}, recall {recall:.3f} "
        f"of {len(labelled.truth):,} links{mark}"
    )
    if misses:
        for title, links in (
            ("wrong", found.keys() - labelled.truth),
            ("not found", labelled.truth - found.keys()),
        ):
            for child, pairs, parent in sorted(links, key=lambda k: (k[2], k[0], sorted(k[1]))):
                on = ", ".join(f"{own}={other}" for own, other in sorted(pairs))
                sure = found[child, pairs, parent].confidence if title == "wrong" else ""
                print(f"    {title}: {child} to {parent} on {on} {sure}")
    return set(found), labelled.truth


def calibration(sets: Iterable[Labelled]) -> None:
    """Prints how many links of each confidence are right."""
    count: Counter[float] = Counter()
    right: Counter[float] = Counter()
    for labelled in sets:
        for link in labelled.found:
            step = min(0.9, int(link.confidence * 10) / 10)
            count[step] += 1
            right[step] += link.at in labelled.truth
    for step in sorted(count):
        print(
            f"  confidence {step:.1f}-{step + 0.1:.1f}: {count[step]:,} links, "
            f"right {right[step] / count[step]:.2f}"
        )


def timed(catalog: Catalog) -> bool:
    """Prints what understanding the whole catalog takes, cold, and the links alone."""
    whole._remembered.cache_clear()
    started, busy = time.perf_counter(), time.process_time()
    meaning = understand(catalog)
    all_of, busy = time.perf_counter() - started, time.process_time() - busy
    started = time.process_time()
    whole.relate(catalog, replace(meaning, keys={}, relationships=[], fields=dict(meaning.fields)))
    links = time.process_time() - started
    print(
        f"{len(catalog.tables)} tables, {catalog.field_count:,} fields understood in "
        f"{busy:.2f} s of processor time without data (bar {BAR_SECONDS:.0f} s; {all_of:.2f} s by "
        f"the clock), the links in {links:.2f} s of it"
    )
    return busy <= BAR_SECONDS


def on_rows(count: int) -> bool:
    """Prints what measuring links on so many rows takes, and how soon a cancel ends it."""
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        _write_rows(folder, count)
        parents, children = ("PATIENT", ("PatientNo",)), ("VISIT", ("PatientNo",))
        for stop_after in (None, 0.7):
            token = CancelToken()
            stopped = [0.0]

            def stop(token: CancelToken = token, stopped: list[float] = stopped) -> None:
                stopped[0] = time.perf_counter()
                token.cancel()

            timer = threading.Timer(stop_after or 0, stop)
            started = time.perf_counter()
            with open_engine(folder / "scratch", folders=[folder], cancel=token) as engine:
                values = KeyValues(engine, folder)
                if stop_after:
                    timer.start()
                try:
                    values.read("PATIENT", [parents[1]], [parents[1]])
                    values.read("VISIT", [("VisitNo",), children[1], ("PatientNo", "Clinic")])
                    values.compare(children, parents)
                    print(f"{count:,} rows measured in {time.perf_counter() - started:.1f} s")
                except Cancelled:
                    late = time.perf_counter() - stopped[0]
                    print(f"cancelled after {stop_after} s: stopped within {late:.2f} s (bar 2 s)")
                    return late <= 2.0
    return True


def _write_rows(folder: Path, count: int) -> None:
    patients = max(1, count // 10)
    with (folder / "PATIENT.csv").open("w") as file:
        file.write("PatientNo,Surname\n")
        file.writelines(f"P{n:08},HILL\n" for n in range(patients))
    with (folder / "VISIT.csv").open("w") as file:
        file.write("VisitNo,PatientNo,Clinic,Note\n")
        file.writelines(
            f"{n},P{n * 7 % patients:08},C{n % 40},follow-up in six weeks\n" for n in range(count)
        )


def main() -> int:
    """Prints every set; 1 when the time is over its bar."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--omop", type=Path, help="folder with the OMOP field-level CSV")
    parser.add_argument("--synthea", type=Path, help="folder with Synthea's source_catalog.csv")
    parser.add_argument("--document", type=Path, action="append", default=[])
    parser.add_argument("--rows", type=int, default=0, help="measure links on so many rows")
    parser.add_argument("--misses", action="store_true")
    given = parser.parse_args()
    tuned, back = [pack()], []
    in_time = timed(tuned[0].catalog)
    if given.omop:
        path = next(given.omop.glob("*Field_Level.csv"))
        tuned.append(documented(path, "OMOP by names and types", keys=True))
        tuned.append(documented(path, "OMOP without its primary keys", keys=False))
        name = "OMOP by names, types and its long descriptions"
        tuned.append(documented(path, name, keys=True, told=True))
    for style in STYLES:
        for keys in (True, False):
            made = world(style, keys=keys)
            name = f"trading house, {style.name}, {'with' if keys else 'no'} keys"
            labelled = Labelled(name, made.catalog, made.links, not style.tuned)
            (tuned if style.tuned else back).append(labelled)
    if given.synthea:
        path = given.synthea / "source_catalog.csv"
        name = "Synthea by names alone, labels from its prose"
        back.append(documented(path, name, keys=False, prose=True))
    for path in given.document:
        back.append(documented(path, path.name, keys=True))
        back[-1].kept_back = True
    for labelled in (*tuned, *back):
        judged(labelled, misses=given.misses)
    for title, sets in (("tuned on", tuned), ("kept back", back)):
        print(f"{title}:")
        calibration(sets)
    if given.rows:
        in_time = on_rows(given.rows) and in_time
    return 0 if in_time else 1


if __name__ == "__main__":
    sys.exit(main())
