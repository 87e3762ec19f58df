"""How exactly dictionaries are read: precision and recall of each trait, by format and layout.

Run it from a checkout: `python tests/perf/reading_dictionaries.py [layouts [first]]` (default 150
from 0).  A third of the layouts is kept back from tuning and printed apart.  Other formats of
workbooks are made with LibreOffice where it is installed; public catalogs are read when
CASELOAD_SHARED_DATA names their folder.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "unit"))

from specs.dictionaries import Holder, Layout, layout, truth  # noqa: E402
from specs.dictionary_files import as_paper, as_text, as_workbook  # noqa: E402
from specs.dictionary_schemas import DIALECTS, JSON_TYPES, as_json, as_sql, sql_type  # noqa: E402

from caseload.model.catalog import FieldSpec, TableSpec  # noqa: E402
from caseload.model.errors import BadInput  # noqa: E402
from caseload.specs.readers.document import read_document  # noqa: E402

Facts = dict[tuple[str, str], dict[str, str]]
TRAITS: dict[str, Callable[[FieldSpec], str]] = {
    "type": lambda f: f.data_type,
    "length": lambda f: f.length,
    "mandatory": lambda f: "Y" if f.mandatory else "",
    "key": lambda f: "Y" if f.key else "",
    "foreign": lambda f: f"{f.foreign_table}.{f.foreign_field}" if f.foreign_table else "",
    "element": lambda f: f.data_element,
    "deleted": lambda f: f.logical_delete_flag,
    "released": lambda f: f.released_at,
    "description": lambda f: f.description,
}
DELIMITERS = (",", ";", "\t", "|")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1252")
SHEETS_TO_TEXT = ("flat", "merged", "stacked", "sections", "dotted", "beside")


class Tally:
    """Right, said and due of each trait, over many documents."""

    def __init__(self) -> None:
        self.counts: dict[str, list[int]] = {}
        self.documents = 0
        self.exact = 0

    def add(self, trait: str, right: int, said: int, due: int) -> None:
        """Count one document's figures."""
        counts = self.counts.setdefault(trait, [0, 0, 0])
        for place, value in enumerate((right, said, due)):
            counts[place] += value

    def show(self, title: str) -> None:
        """Print the figures."""
        print(f"\n{title}: {self.documents} documents, {self.exact} of them read exactly")
        for trait, (right, said, due) in self.counts.items():
            precision = right / said if said else 1.0
            recall = right / due if due else 1.0
            print(
                f"  {trait:<12} precision {precision:.4f}  recall {recall:.4f}  ({right} of {due})"
            )


def main() -> None:
    """Print every figure."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 150
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    tallies: dict[tuple[str, bool], Tally] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for seed in range(first, first + count):
            drawn = layout(seed)
            made = truth(seed, drawn.style)
            for form, path in documents(folder, drawn, made):
                tally = tallies.setdefault((form, drawn.kept_back), Tally())
                wrong = compare(path, due(drawn, made), tally)
                if wrong and "-v" in sys.argv:
                    print(f"seed {seed} {form} {drawn.kind} {drawn.language}: {wrong}")
                path.unlink()
            schemas(folder, drawn, made, tallies)
        converted(folder, count, first, tallies)
    for (form, kept), tally in sorted(tallies.items()):
        tally.show(f"{form}, {'kept-back' if kept else 'tuned'} layouts")
    public()
    large()


def documents(folder: Path, drawn: Layout, made: list[Holder]) -> Iterator[tuple[str, Path]]:
    """The dictionary as each kind of file that the layout can be."""
    yield "xlsx", as_workbook(folder / f"{drawn.seed}.xlsx", drawn, made)
    if drawn.kind in SHEETS_TO_TEXT:
        delimiter, encoding = DELIMITERS[drawn.seed % 4], ENCODINGS[drawn.seed // 4 % 4]
        if encoding == "cp1252" and drawn.language == "pl":
            encoding = "cp1250"
        yield "csv", as_text(folder / f"{drawn.seed}.csv", drawn, made, delimiter, encoding)
    if drawn.kind not in ("stacked", "beside"):
        yield "docx", as_paper(folder / f"{drawn.seed}.docx", drawn, made)


def schemas(
    folder: Path, drawn: Layout, made: list[Holder], tallies: dict[tuple[str, bool], Tally]
) -> None:
    """The same truth as a SQL script of one dialect, and as JSON Schema."""
    dialect = DIALECTS[drawn.seed % len(DIALECTS)]
    wanted: Facts = {}
    plain: Facts = {}
    for holder in made:
        for item in holder.items:
            shared = {
                "key": "Y" if item.key else "",
                "foreign": ".".join(item.foreign) if item.foreign[0] else "",
                "released": "",
            }
            wanted[holder.name, item.name] = shared | {
                "type": sql_type(dialect, item),
                "length": item.length,
                "mandatory": "Y" if item.mandatory or item.key else "",
                "element": "",
                "deleted": "",
                "description": item.description if dialect != "sqlite" else "",
            }
            plain[holder.name, item.name] = shared | {
                "type": JSON_TYPES[item.type],
                "length": item.length if JSON_TYPES[item.type] == "STRING" else "",
                "mandatory": "Y" if item.mandatory else "",
                "element": item.element,
                "deleted": "1" if item.deleted == "1" else "",
                "description": item.description,
            }
    for form, path, due_facts in (
        (f"sql {dialect}", as_sql(folder / "s.sql", dialect, made, drawn.seed), wanted),
        ("json", as_json(folder / "s.json", made), plain),
    ):
        tally = tallies.setdefault((form, drawn.kept_back), Tally())
        wrong = compare(path, due_facts, tally)
        if wrong and "-v" in sys.argv:
            print(f"seed {drawn.seed} {form}: {wrong}")


def converted(folder: Path, count: int, first: int, tallies: dict[tuple[str, bool], Tally]) -> None:
    """Every fifth workbook as xls and ods, written by LibreOffice."""
    office = shutil.which("soffice")
    if not office:
        print("LibreOffice is not installed: no xls and ods")
        return
    seeds = range(first, first + count, 5)
    for seed in seeds:
        drawn = layout(seed)
        as_workbook(folder / f"{seed}.xlsx", drawn, truth(seed, drawn.style))
    for form in ("xls", "ods"):
        command = [office, f"-env:UserInstallation=file://{folder}/office", "--headless",
                   "--convert-to", form, "--outdir", str(folder),
                   *[str(folder / f"{seed}.xlsx") for seed in seeds]]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=600)
        for seed in seeds:
            drawn = layout(seed)
            tally = tallies.setdefault((form, drawn.kept_back), Tally())
            wrong = compare(folder / f"{seed}.{form}", due(drawn, truth(seed, drawn.style)), tally)
            if wrong and "-v" in sys.argv:
                print(f"seed {seed} {form} {drawn.kind} {drawn.language}: {wrong}")


def due(drawn: Layout, made: list[Holder]) -> Facts:
    """What a reader should find of the truth in this layout."""
    said = set(drawn.traits)
    found: Facts = {}
    for holder in made:
        for item in holder.items:
            facts = {
                "type": item.type if "type" in said else "",
                "length": item.length if "length" in said or drawn.typed_length else "",
                "mandatory": "Y" if item.mandatory and "mandatory" in said else "",
                "key": "Y" if item.key and "key" in said else "",
                "foreign": ".".join(item.foreign) if item.foreign[0] and "foreign" in said else "",
                "element": item.element if "element" in said else "",
                "deleted": item.deleted if "deleted" in said else "",
                "released": item.released if "released" in said else "",
                "description": item.description if "description" in said else "",
            }
            found[holder.name, item.name] = facts
    return found


def compare(path: Path, wanted: Facts, tally: Tally) -> str:
    """Read a document and count; says what is wrong with it in a few words."""
    tally.documents += 1
    try:
        tables: Iterable[TableSpec] = read_document(
            path, path.name, lambda share, text: None
        ).tables
    except BadInput as error:
        tables = []
        print(f"{path.name}: {error.what}")
    found = {
        (t.name, f.field_name): {trait: get(f) for trait, get in TRAITS.items()}
        for t in tables
        for f in t.fields
    }
    names, due_names = {t for t, _ in found}, {t for t, _ in wanted}
    tally.add("tables", len(names & due_names), len(names), len(due_names))
    tally.add("names", len(found.keys() & wanted.keys()), len(found), len(wanted))
    wrong = [f"+{k}" for k in found.keys() - wanted.keys()]
    wrong += [f"-{k}" for k in wanted.keys() - found.keys()]
    for trait in TRAITS:
        said = {k for k in found if found[k][trait]}
        true = {k for k in wanted if wanted[k][trait]}
        right = {k for k in said & true if found[k][trait] == wanted[k][trait]}
        tally.add(trait, len(right), len(said), len(true))
        for k in sorted((said | true) - right)[:3]:
            one = found.get(k, {}).get(trait)
            wrong.append(f"{trait} {k}: {one!r} not {wanted.get(k, {}).get(trait)!r}")
    tally.exact += not wrong
    return "; ".join(wrong[:6])


def public() -> None:
    """The public catalog by its headers alone."""
    folder = os.environ.get("CASELOAD_SHARED_DATA")
    for path in sorted(Path(folder).glob("omop/*Field_Level.csv")) if folder else ():
        tables = read_document(path, path.name, lambda share, text: None).tables
        fields = [f for table in tables for f in table.fields]
        print(f"\n{path.name}: {len(tables)} tables, {len(fields)} fields,"
              f" {sum(f.key for f in fields)} primary keys,"
              f" {sum(bool(f.foreign_table) for f in fields)} foreign keys")  # fmt: skip


def large() -> None:
    """The seconds that the shipped dictionary's 5,387 rows take, libraries loaded."""
    path = ROOT / "requirement_spec" / "merrow_pas_data_dictionary.xlsx"
    read_document(path, path.name, lambda share, text: None)
    start = time.perf_counter()
    tables = read_document(path, path.name, lambda share, text: None).tables
    seconds = time.perf_counter() - start
    print(f"\n{path.name}: {sum(len(t.fields) for t in tables)} fields in {seconds:.2f} s")


if __name__ == "__main__":
    main()
