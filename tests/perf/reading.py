"""How exactly and how fast documents are read: precision and recall per trait, and seconds.

Run it from a checkout: `python tests/perf/reading.py [layouts]`.  It reads the shipped pack
against its answer key, public catalogs when CASELOAD_SHARED_DATA names their folder, and as
many guides in random layouts as asked (default 40).
"""

from __future__ import annotations

import csv
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "unit"))

from specs.guides import make_guide, truth  # noqa: E402
from specs.guides_random import random_layout  # noqa: E402

from caseload.model.catalog import FieldSpec, TableSpec  # noqa: E402
from caseload.model.progress import CancelToken, SilentProgress  # noqa: E402
from caseload.specs.readers.document import read_document  # noqa: E402
from caseload.specs.sandbox import read_documents  # noqa: E402

PACK = ROOT / "requirement_spec"
KEY = ROOT / "tests" / "data" / "answer_key"
Facts = dict[tuple[str, str], dict[str, str]]

SOURCE_TRAITS: dict[str, Callable[[FieldSpec], str]] = {
    "size": lambda f: f.length,
    "data_element": lambda f: f.data_element,
    "description": lambda f: f.description,
    "logical_delete_flag": lambda f: f.logical_delete_flag,
    "released_at": lambda f: f.released_at,
}
TARGET_TRAITS: dict[str, Callable[[FieldSpec], str]] = {
    "data_type": lambda f: f.data_type,
    "length": lambda f: f.length,
    "position": lambda f: str(f.position),
    "mandatory": lambda f: "Y" if f.mandatory else "N",
    "format": lambda f: f.format,
    "allowed_values": lambda f: ",".join(f.allowed_values),
    "code_type": lambda f: f.code_type.partition(" ")[0],
    "foreign_table": lambda f: f.foreign_table,
    "foreign_field": lambda f: f.foreign_field,
    "upper": lambda f: "Y" if f.upper else "N",
    "unique": lambda f: "Y" if f.unique else "N",
    "condition": lambda f: f.condition,
}


def main() -> None:
    """Print every figure."""
    layouts = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    pack()
    public()
    random_guides(layouts)


def pack() -> None:
    """The shipped documents against the answer key, and their time in the child process."""
    source = key("source_fields.csv")
    target = key("target_fields.csv")
    for path in sorted(PACK.glob("*.*")):
        if path.suffix not in (".xlsx", ".docx", ".pdf"):
            continue
        tables, seconds = timed(path)
        due = target if path.suffix == ".pdf" else source
        if path.suffix == ".docx":
            names = {table.name for table in tables}
            due = {k: v for k, v in source.items() if k[0] in names}
        print(f"\n{path.name}: {seconds:.2f} s in this process")
        traits = TARGET_TRAITS if path.suffix == ".pdf" else SOURCE_TRAITS
        compare(facts(tables, traits), due, traits)
    kinds = (".xlsx", ".docx", ".pdf")
    documents = [(p, p.name) for p in sorted(PACK.glob("*.*")) if p.suffix in kinds]
    start = time.perf_counter()
    read_documents(documents, SilentProgress(), CancelToken())
    print(f"\nall documents of the pack, child process and hand-over included: "
          f"{time.perf_counter() - start:.2f} s")  # fmt: skip


def public() -> None:
    """The public catalog by its headers alone."""
    folder = os.environ.get("CASELOAD_SHARED_DATA")
    if not folder:
        return
    for path in sorted(Path(folder).glob("omop/*Field_Level.csv")):
        tables, seconds = timed(path)
        fields = [f for table in tables for f in table.fields]
        print(
            f"\n{path.name}: {len(tables)} tables, {len(fields)} fields,"
            f" {sum(f.key for f in fields)} primary keys,"
            f" {sum(bool(f.foreign_table) for f in fields)} foreign keys, {seconds:.2f} s"
        )


def random_guides(count: int) -> None:
    """Guides in layouts drawn at random, names and traits over all of them."""
    due: Facts = {}
    found: Facts = {}
    confident: dict[float, list[bool]] = {}
    start = time.perf_counter()
    left_out = ("position", "upper", "unique", "condition")
    traits = {name: get for name, get in TARGET_TRAITS.items() if name not in left_out}
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(1000, 1000 + count):
            path = Path(folder) / "guide.pdf"
            made = truth(seed)
            make_guide(path, random_layout(seed), made)
            mine: Facts = {}
            for table in made:
                for one in table.fields:
                    mine[f"{seed}/{table.name}", one.name] = {
                        "data_type": one.data_type,
                        "length": one.length,
                        "mandatory": "Y" if one.mandatory else "N",
                        "format": one.format,
                        "code_type": one.code,
                        "allowed_values": ",".join(one.values),
                        "foreign_table": one.fk[0],
                        "foreign_field": one.fk[1],
                    }
            due |= mine
            tables = read_document(path, path.name, lambda share, text: None).tables
            got = {(f"{seed}/{t}", f): v for (t, f), v in facts(tables, traits).items()}
            found |= got
            for table in tables:
                for spec in table.fields:
                    name = (f"{seed}/{spec.table_name}", spec.field_name)
                    confident.setdefault(spec.confidence, []).append(mine.get(name) == got[name])
    print(
        f"\n{count} guides in random layouts: {time.perf_counter() - start:.1f} s with making them"
    )
    compare(found, due, traits)
    for score, right in sorted(confident.items()):
        print(f"  confidence {score:.2f}: {sum(right) / len(right):.4f} right of {len(right)}")


def timed(path: Path) -> tuple[list[TableSpec], float]:
    """A document's tables and the seconds to read it, libraries loaded."""
    read_document(path, path.name, lambda share, text: None)
    start = time.perf_counter()
    reading = read_document(path, path.name, lambda share, text: None)
    return reading.tables, time.perf_counter() - start


def facts(tables: Iterable[TableSpec], traits: dict[str, Callable[[FieldSpec], str]]) -> Facts:
    """Fields as plain texts by table and name."""
    return {
        (t.name, f.field_name): {name: get(f) for name, get in traits.items()}
        for t in tables
        for f in t.fields
    }


def key(name: str) -> Facts:
    """The true fields of one side."""
    with (KEY / name).open(encoding="utf-8", newline="") as file:
        return {(r["table_name"], r["field_name"]): r for r in csv.DictReader(file)}


def compare(found: Facts, due: Facts, traits: Iterable[str]) -> None:
    """Print precision and recall of names, then of each trait where it is given."""
    common = found.keys() & due.keys()
    line("names", len(common), len(found), len(due))
    for trait in traits:
        said = [k for k in found if found[k][trait] not in ("", "N")]
        true = [k for k in due if due[k][trait] not in ("", "N")]
        right = [k for k in said if k in due and due[k][trait] == found[k][trait]]
        line(trait, len(right), len(said), len(true))


def line(name: str, right: int, said: int, true: int) -> None:
    """One figure."""
    precision = right / said if said else 1.0
    recall = right / true if true else 1.0
    print(f"  {name:<22} precision {precision:.4f}  recall {recall:.4f}  ({right} of {true})")


if __name__ == "__main__":
    main()
