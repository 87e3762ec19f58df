"""Prints how good suggestions and contract are on labelled systems, and how long they take.

    python tests/perf/suggestions.py                          the shipped pack
    python tests/perf/suggestions.py --synthea FOLDER --omop FOLDER   Synthea to OMOP as well
    python tests/perf/suggestions.py --misses                 list what was not found
    python tests/perf/suggestions.py --fit …                  weights for mapping/calibrate.py

hit@1/hit@5: the right source field is the first / among the five candidates (a field and its
internal-form twin are one fact).  table: the right source table is the target table's base.
For the pack also: share of fields whose class is the answer key's.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from caseload.mapping.build import build
from caseload.mapping.calibrate import features
from caseload.mapping.inputs import Systems, read_crosswalks, read_feeds, systems_of
from caseload.mapping.profiles import SourceData
from caseload.mapping.similarity import compare
from caseload.mapping.suggest import Suggestions, suggest
from caseload.mapping.tables import match_tables
from caseload.model.catalog import Catalog, FieldSpec, Side, TableSpec
from caseload.model.mapping import SemanticStatus
from caseload.model.progress import CancelToken, SilentProgress
from caseload.model.stage import Stage, StageJob, StageOptions
from caseload.specs.catalog_files import read_catalog
from caseload.specs.extract import run as extract

ROOT = Path(__file__).resolve().parents[2]
KEY = ROOT / "tests" / "data" / "answer_key"
DICTIONARY, GUIDE = "merrow_pas_data_dictionary.xlsx", "ardent_epr_migration_guide.pdf"
Column = tuple[str, str]


@dataclass
class Labelled:
    """Two systems with the true source columns of target fields."""

    name: str
    systems: Systems
    truth: dict[Column, set[Column]]
    bases: dict[str, str]
    classes: dict[Column, str] = field(default_factory=dict)


def pack() -> Labelled:
    """The shipped pack, read from its documents."""
    with tempfile.TemporaryDirectory() as folder:
        project, work = Path(folder) / "project", Path(folder) / "work"
        (project / "requirement_spec").mkdir(parents=True)
        (work / "out").mkdir(parents=True)
        for name in (DICTIONARY, GUIDE):
            data = (ROOT / "requirement_spec" / name).read_bytes()
            (project / "requirement_spec" / name).write_bytes(data)
        inputs = {
            "source_documents": [f"requirement_spec/{DICTIONARY}"],
            "target_documents": [f"requirement_spec/{GUIDE}"],
            "corrections": [],
        }
        now = datetime(2026, 3, 31, tzinfo=UTC)
        job = StageJob(Stage.EXTRACT_SPECS, project, work, StageOptions(), now, "r", inputs)
        extract(job, SilentProgress(), CancelToken())
        schemas = job.out_dir / "schemas"
        source = read_catalog(schemas / "source_schema_catalog.csv", Side.SOURCE)
        target = read_catalog(schemas / "target_schema_catalog.csv", Side.TARGET)
    started = time.perf_counter()
    crosswalks = read_crosswalks(ROOT / "schemas" / "crosswalks")
    systems = systems_of(source, target, crosswalks, read_feeds())
    print(f"pack: meaning of both catalogs in {time.perf_counter() - started:.2f} s")
    truth: dict[Column, set[Column]] = {}
    classes: dict[Column, str] = {}
    for row in rows(KEY / "target_mapping.csv"):
        at = (row["target_table"], row["target_field"])
        classes[at] = row["mapping_class"]
        if row["source_table"]:
            truth[at] = {(row["source_table"], row["source_field"])}
            for part in row["note"].split(";"):
                kind, _, name = part.strip().partition("=")
                if kind in ("alt", "also"):
                    table, _, column = name.partition(".")
                    truth[at].add((table, column))
    bases = {r["table_name"]: r["base_table"] for r in rows(KEY / "target_tables.csv")}
    return Labelled("pack", systems, truth, bases, classes)


def synthea(folder: Path, omop: Path) -> Labelled:
    """Synthea's CSV export to OMOP, as the public ETL maps it."""
    source = Catalog(Side.SOURCE)
    for table, lines in grouped(rows(folder / "source_catalog.csv"), "table"):
        specs = []
        for position, line in enumerate(lines, 1):
            kind, _, length = line["type"].partition("(")
            specs.append(
                FieldSpec(table, line["field"], position, kind.upper(), length.rstrip(")"),
                          description=line["description"])
            )  # fmt: skip
        source.tables[table] = TableSpec(table, tuple(specs))
    target = Catalog(Side.TARGET)
    about = {
        r["cdmTableName"].lower(): r["tableDescription"]
        for r in rows(omop / "OMOP_CDMv5.4_Table_Level.csv")
    }
    truth: dict[Column, set[Column]] = defaultdict(set)
    for row in rows(folder / "gold_mapping.csv"):
        truth[row["target_table"], row["target_field"]].add(
            (row["source_table"], row["source_field"])
        )
    wanted = {table for table, _ in truth}
    lines_of = grouped(rows(omop / "OMOP_CDMv5.4_Field_Level.csv"), "cdmTableName")
    for table, lines in lines_of:
        if table not in wanted:
            continue
        specs = []
        for position, line in enumerate(lines, 1):
            kind, _, length = line["cdmDatatype"].partition("(")
            linked = line["isForeignKey"] == "Yes"
            specs.append(
                FieldSpec(
                    table, line["cdmFieldName"], position, kind.upper(), length.rstrip(")"),
                    description=line["userGuidance"].replace("NA", ""),
                    mandatory=line["isRequired"] == "Yes",
                    foreign_table=line["fkTableName"].lower() if linked else "",
                    foreign_field=line["fkFieldName"].lower() if linked else "",
                    unique=line["isPrimaryKey"] == "Yes",
                )
            )  # fmt: skip
        target.tables[table] = TableSpec(table, tuple(specs), about.get(table, ""))
    systems = systems_of(source, target, {})
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for (table, _), columns in truth.items():
        votes[table].update({t for t, _ in columns})
    bases = {table: counts.most_common(1)[0][0] for table, counts in votes.items()}
    return Labelled("synthea to omop", systems, dict(truth), bases)


def rows(path: Path) -> list[dict[str, str]]:
    """A CSV file's rows."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def grouped(lines: Iterable[dict[str, str]], column: str) -> list[tuple[str, list[dict[str, str]]]]:
    """Lines by the value of a column, in the order of first appearance."""
    found: dict[str, list[dict[str, str]]] = {}
    for line in lines:
        found.setdefault(line[column], []).append(line)
    return list(found.items())


def judge(labelled: Labelled, *, misses: bool) -> Suggestions:
    """Print hits, table hits, calibration and time of one labelled set."""
    systems = labelled.systems
    started = time.perf_counter()
    similarity = compare(systems)
    tables = match_tables(systems, similarity)
    found = suggest(systems, similarity, tables)
    taken = time.perf_counter() - started

    def fact(column: Column) -> Column:
        meaning = systems.source_meaning.fields.get(column)
        return (column[0], meaning.twin_of or column[1]) if meaning else column

    first = five = base_hits = 0
    judged: list[tuple[float, bool, SemanticStatus]] = []
    for at, columns in labelled.truth.items():
        right = {fact(c) for c in columns}
        one = found.of(*at)
        named = [fact((c.source_table, c.source_field)) for c in one.candidates]
        hit = bool(named) and named[0] in right
        first += hit
        five += any(n in right for n in named)
        judged.append((one.candidates[0].score if one.candidates else 0.0, hit, one.status))
        if misses and not hit:
            print("  miss", ".".join(at), sorted(right), named[:3])
    for table, base in labelled.bases.items():
        base_hits += tables.bases[table] == base
    total = len(labelled.truth)
    print(
        f"{labelled.name}: hit@1 {first / total:.3f}, hit@5 {five / total:.3f} of {total} fields;"
        f" table {base_hits / len(labelled.bases):.3f} of {len(labelled.bases)};"
        f" matching {taken:.2f} s"
    )
    high = [hit for _, hit, status in judged if status is SemanticStatus.HIGH_CONFIDENCE]
    if high:
        share = sum(high) / len(high)
        print(f"  HIGH_CONFIDENCE: {len(high) / total:.2f} of fields, right {share:.3f}")
    for low in range(0, 10, 2):
        part = [hit for score, hit, _ in judged if low / 10 <= score < low / 10 + 0.2]
        if part:
            share = sum(part) / len(part)
            band = f"{low / 10:.1f}-{low / 10 + 0.2:.1f}"
            print(f"  score {band}: {len(part)} fields, right {share:.2f}")
    return found


def judge_contract(labelled: Labelled, found: Suggestions, *, misses: bool) -> None:
    """Print how far the classes of the contract agree with the answer key's."""
    data = SourceData(None, Path())
    started = time.perf_counter()
    contract = build(
        labelled.systems, found.items, found.tables.bases, data, (), SilentProgress(), CancelToken()
    )
    taken = time.perf_counter() - started
    agreed, pairs = 0, Counter[tuple[str, str]]()
    for rule in contract.rules:
        true = labelled.classes[rule.target_table, rule.target_field]
        agreed += rule.mapping_class.value == true
        if rule.mapping_class.value != true:
            pairs[true, rule.mapping_class.value] += 1
            if misses:
                name = f"{rule.target_table}.{rule.target_field}"
                print(f"  class {name}: {true}, got {rule.mapping_class}")
    print(
        f"  classes agree {agreed / len(contract.rules):.3f}; built in {taken:.2f} s without data"
    )
    for (true, got), count in pairs.most_common(8):
        print(f"    {true} taken for {got}: {count}")


def evidence(found: Suggestions, labelled: Labelled) -> tuple[list[tuple[float, ...]], list[bool]]:
    """What each best candidate's chance is reckoned from, and whether it is right.

    For a field that is out of scope no candidate is.
    """
    facts, hits = [], []
    for at, columns in labelled.truth.items():
        row = found.similarity.target_rows[at]
        lead, item = found.leads[row], found.items[row]
        if lead is None:
            continue
        facts.append(features(lead))
        best = (item.candidates[0].source_table, item.candidates[0].source_field)
        meaning = labelled.systems.source_meaning.fields[best]
        hits.append(best in columns or (best[0], meaning.twin_of) in columns)
    for at, kind in labelled.classes.items():
        lead = found.leads[found.similarity.target_rows[at]]
        if kind == "OUT_OF_SCOPE" and lead is not None:
            facts.append(features(lead))
            hits.append(False)
    return facts, hits


def fitted(sets: list[tuple[list[tuple[float, ...]], list[bool]]]) -> list[float]:
    """Logistic weights for calibrate.py by Newton's method; every set weighs the same."""
    x = np.array([row for facts, _ in sets for row in facts])
    y = np.array([hit for _, hits in sets for hit in hits], dtype=float)
    each = np.array([100.0 / len(hits) for _, hits in sets for _ in hits])
    weights = np.zeros(x.shape[1])
    for _ in range(50):
        chance = 1.0 / (1.0 + np.exp(-x @ weights))
        slope = x.T @ (each * (y - chance)) - 0.3 * weights
        spread = (each * chance * (1.0 - chance))[:, None]
        weights += np.linalg.solve((x * spread).T @ x + 0.3 * np.eye(x.shape[1]), slope)
    return [round(float(w), 2) for w in weights]


def main() -> int:
    """Judge what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--synthea", type=Path, help="folder with source_catalog and gold_mapping")
    parser.add_argument("--omop", type=Path, help="folder with the OMOP field and table levels")
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--fit", action="store_true")
    options = parser.parse_args()
    labelled = pack()
    found = judge(labelled, misses=options.misses)
    judge_contract(labelled, found, misses=options.misses)
    sets = [evidence(found, labelled)]
    if options.synthea and options.omop:
        other = synthea(options.synthea, options.omop)
        found = judge(other, misses=options.misses)
        sets.append(evidence(found, other))
    if options.fit:
        print("weights of each set alone", *(fitted([one]) for one in sets))
        print("weights of all sets", fitted(sets))
    return 0


if __name__ == "__main__":
    sys.exit(main())
