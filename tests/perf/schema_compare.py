"""How well and how fast (seconds on one core) two versions of a catalog are compared.

    python tests/perf/schema_compare.py [edits]      edits of each catalog, default 6

Catalogs are edited at random as a vendor would (`tests/unit/specs/schema_edits.py`) and the
renames found are held to what was done.  The weights were chosen by looking at edits of the
first seeds; the last lines are of edits kept back from that, and of a public catalog when
CASELOAD_SHARED_DATA names the folder that has it.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "unit"))

from specs import schema_edits  # noqa: E402

from caseload.model.catalog import Catalog, Side  # noqa: E402
from caseload.model.progress import CancelToken, SilentProgress  # noqa: E402
from caseload.model.schema_diff import Rename  # noqa: E402
from caseload.specs.archive import fingerprint, pack, unpack  # noqa: E402
from caseload.specs.compare import compare  # noqa: E402
from caseload.specs.merge import merged  # noqa: E402
from caseload.specs.sandbox import read_documents  # noqa: E402

PACK = ROOT / "requirement_spec"
SHARES = (0.02, 0.05, 0.12, 0.3)
KEPT_BACK = 1000


@dataclass
class Score:
    """Right, made up and missed, by what was renamed; and by how sure it was."""

    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    styles: Counter[str] = field(default_factory=Counter)
    missed_styles: Counter[str] = field(default_factory=Counter)
    sure: Counter[int] = field(default_factory=Counter)
    sure_and_right: Counter[int] = field(default_factory=Counter)
    slowest: float = 0.0


def main() -> None:
    """Print every figure."""
    edits = int(sys.argv[1]) if len(sys.argv) > 1 else 6
    catalogs = read()
    everyday(catalogs[0])
    for title, first in (("seen while choosing weights", 0), ("kept back", KEPT_BACK)):
        print(f"\nRenames, edits {title}")
        score = Score()
        for name, catalog in catalogs:
            own = Score()
            for seed in range(first, first + edits):
                edit(catalog, seed, own)
                edit(catalog, seed, score)
            tell(name, own)
        tell("all", score)
        misses(score)
        calibration(score)


def read() -> list[tuple[str, Catalog]]:
    """The shipped catalogs, and a public one."""
    wanted = [
        ("source of the pack", PACK / "merrow_pas_data_dictionary.xlsx", Side.SOURCE),
        ("target of the pack", PACK / "ardent_epr_migration_guide.pdf", Side.TARGET),
    ]
    shared = os.environ.get("CASELOAD_SHARED_DATA")
    if shared:
        path = Path(shared) / "omop" / "OMOP_CDMv5.4_Field_Level.csv"
        wanted.append(("public catalog", path, Side.TARGET))
    documents = [(path, path.name) for _, path, _ in wanted]
    readings = read_documents(documents, SilentProgress(), CancelToken())
    return [
        (name, merged(side, [reading]))
        for (name, _, side), reading in zip(wanted, readings, strict=True)
    ]


def everyday(named: tuple[str, Catalog]) -> None:
    """Times on the largest catalog."""
    name, catalog = named
    print(f"{name}: {len(catalog.tables)} tables, {catalog.field_count} fields")
    packed, seconds = timed(lambda: pack(catalog))
    print(f"  put away: {seconds:.2f} s, {len(packed.body) / 1024:,.0f} KB")
    again, seconds = timed(lambda: unpack(packed.body))
    print(f"  fetched: {seconds:.2f} s")
    found, seconds = timed(lambda: compare(catalog, again))
    print(f"  with itself: {seconds:.2f} s, {len(found.changes)} changes")
    assert fingerprint(again) == packed.fingerprint
    edits = schema_edits.edited(catalog, random.Random(1))
    found, seconds = timed(lambda: compare(catalog, edits.catalog))
    print(f"  after a release: {seconds:.2f} s, {len(found.changes)} changes")
    found, seconds = timed(lambda: compare(catalog, edits.catalog, seek_renames=False))
    print(f"  without seeking renames: {seconds:.2f} s, {len(found.changes)} changes")
    found, seconds = timed(lambda: compare(catalog, recast(catalog)))
    print(f"  every field renamed: {seconds:.2f} s, {len(found.renames)} renames found")


def recast(catalog: Catalog) -> Catalog:
    """The catalog with every field name in another style."""
    rng = random.Random(0)
    tables = {
        name: replace(
            table,
            fields=tuple(
                replace(f, field_name=schema_edits.snake(f.field_name, rng) + "_X")
                for f in table.fields
            ),
        )
        for name, table in catalog.tables.items()
    }
    return Catalog(catalog.side, tables)


def edit(catalog: Catalog, seed: int, score: Score) -> None:
    """Edit a catalog and hold what is found to what was done."""
    share = SHARES[seed % len(SHARES)]
    edits = schema_edits.edited(catalog, random.Random(seed), share=share)
    found, seconds = timed(lambda: compare(catalog, edits.catalog))
    score.slowest = max(score.slowest, seconds)
    truths = {
        "field": {k.words(): v.words() for k, v in edits.renamed.items()},
        "moved field": {k.words(): v.words() for k, v in edits.moved.items()},
        "table": dict(edits.tables_renamed),
    }
    told: dict[str, dict[str, str]] = {kind: {} for kind in truths}
    for rename in found.renames:
        kind = kind_of(rename)
        old, new = rename.old.words(), rename.new.words()
        told[kind][old] = new
        right = truths[kind].get(old) == new
        score.right[kind] += right
        score.wrong[kind] += not right
        bin_ = min(9, int(rename.confidence * 10))
        score.sure[bin_] += 1
        score.sure_and_right[bin_] += right
    for kind, truth in truths.items():
        score.missed[kind] += sum(told[kind].get(old) != new for old, new in truth.items())
    for old, style in edits.by_style.items():
        score.styles[style] += 1
        score.missed_styles[style] += (
            told["field"].get(old.words()) != (truths["field"][old.words()])
        )


def kind_of(rename: Rename) -> str:
    """What was renamed."""
    if not rename.old.field:
        return "table"
    return "moved field" if rename.old.field == rename.new.field else "field"


def tell(name: str, score: Score) -> None:
    """Print precision and recall."""
    parts = []
    for kind in ("field", "table", "moved field"):
        right, wrong, missed = (c[kind] for c in (score.right, score.wrong, score.missed))
        if right + missed:
            precision, recall = right / max(1, right + wrong), right / (right + missed)
            parts.append(f"{kind} {precision:.3f} / {recall:.3f} of {right + missed}")
    print(f"  {name:20} precision / recall: {'; '.join(parts)}; slowest {score.slowest:.2f} s")


def misses(score: Score) -> None:
    """Print what share of each style of renaming was missed."""
    parts = (
        f"{style} {score.missed_styles[style]}/{count}"
        for style, count in sorted(score.styles.items())
    )
    print(f"  missed by style: {', '.join(parts)}")


def calibration(score: Score) -> None:
    """Print how many were right of those found with each confidence."""
    parts = (
        f"{bin_ / 10:.1f}: {score.sure_and_right[bin_] / count:.2f} of {count}"
        for bin_, count in sorted(score.sure.items())
    )
    print(f"  right by confidence: {', '.join(parts)}")


def timed(work):
    """What `work` gives, and its seconds on one core."""
    start = time.process_time()
    found = work()
    return found, time.process_time() - start


if __name__ == "__main__":
    main()
