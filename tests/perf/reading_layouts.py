"""How exactly guides in many layouts are read, by producer, tuned and kept-back layouts apart.

    python tests/perf/reading_layouts.py [--count N] [--seed N] [--producer NAME ...]
        [--failures N] [--fit] [--large]

Each of the named layouts is printed from known truth by an office program, by a browser, and
drawn piece by piece; a fixed third of the layouts of each producer is kept back from tuning and
states its facts in wordings that the others never use.  `--failures` shows what is wrong in the
tuned layouts; those of the kept-back ones are never shown, only counted.  `--fit` prints the
check weights fitted on the tuned layouts; `--large` reads a guide of 100 pages.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "unit"))
sys.path.insert(0, str(ROOT / "tests" / "perf"))

import reading_weights  # noqa: E402
from specs.guides_look import Look, looks  # noqa: E402
from specs.guides_print import PROGRAMS, can_print, print_all  # noqa: E402
from specs.guides_score import TRAITS, Score, score  # noqa: E402

from caseload.model.errors import BadInput  # noqa: E402
from caseload.specs.readers.document import read_document  # noqa: E402
from caseload.specs.readers.grid import Reading  # noqa: E402

BARS = {
    "name": 0.995,
    "type": 0.995,
    "length": 0.995,
    "foreign key": 0.98,
    "code type": 0.98,
    "format": 0.98,
}


def main() -> None:
    """Print what was asked for."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--count", type=int, default=1, help="seeds, each printing every layout")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--producer", nargs="*", default=list(PROGRAMS))
    asked.add_argument("--failures", type=int, default=0)
    asked.add_argument("--family", default="", help="only layouts whose name contains this")
    asked.add_argument("--fit", action="store_true")
    asked.add_argument("--large", action="store_true")
    asked.add_argument("--keep", default="", help="a folder to keep the printed guides in")
    args = asked.parse_args()
    if args.large:
        from reading_large import large_guide

        large_guide()
        return
    totals = measured(args)
    figures(totals)
    tuned, kept = ([s for (look, s) in totals if look.kept_back == back] for back in (False, True))
    if args.fit:
        reading_weights.fit(tuned)
    reading_weights.calibration("tuned", tuned)
    reading_weights.calibration("kept back", kept)
    worst(totals, args.failures)


def measured(args: argparse.Namespace) -> list[tuple[Look, Score]]:
    """Print and read every layout that was asked for."""
    out = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(args.keep or temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for producer in args.producer:
            if not can_print(producer):
                print(f"{producer}: {PROGRAMS[producer]} is not installed; left out")
                continue
            for seed in range(args.seed, args.seed + args.count):
                chosen = [look for look in looks(producer, seed) if args.family in look.family]
                for look, path, loads in print_all(folder, chosen):
                    out.append((look, score(read(path), loads)))
    return out


def read(path: Path) -> Reading:
    """A guide's reading, empty when it is refused."""
    try:
        return read_document(path, path.name, lambda share, text: None)
    except BadInput:
        return Reading(None, [])  # type: ignore[arg-type]


def figures(totals: list[tuple[Look, Score]]) -> None:
    """Precision and recall a trait, for tuned and kept-back layouts of each producer."""
    groups: dict[tuple[bool, str], Score] = defaultdict(Score)
    guides: dict[tuple[bool, str], int] = defaultdict(int)
    for look, one in totals:
        for who in (look.producer, "all"):
            groups[look.kept_back, who].add(one)
            guides[look.kept_back, who] += 1
    for (back, who), total in sorted(groups.items()):
        where = "kept back" if back else "tuned"
        print(f"\n{where}, {who}: {guides[back, who]} guides, {total.true['name']} fields")
        for trait in TRAITS:
            precision, recall = total.precision(trait), total.recall(trait)
            bar = BARS.get(trait)
            verdict = "" if bar is None else "met" if min(precision, recall) >= bar else "MISSED"
            print(f"  {trait:<13} precision {precision:.4f}  recall {recall:.4f}"
                  f"  ({total.right[trait]} of {total.true[trait]}) {verdict}")  # fmt: skip


def worst(totals: list[tuple[Look, Score]], failures: int) -> None:
    """The layouts read worst; what is wrong in them only where they are not kept back."""
    print("\nworst layouts (share of fields wholly right)")
    ranked = sorted(totals, key=lambda one: share_right(one[1]))
    for look, one in ranked[:12]:
        if share_right(one) < 1 and not look.kept_back:
            print(f"  {share_right(one):.3f}  {look.producer}: {look.family} (seed {look.seed})")
    for look, one in ranked:
        if failures and one.wrong and not look.kept_back:
            print(f"\n{look.producer}: {look.family} (seed {look.seed})")
            for text in one.wrong[:failures]:
                print(f"    {text}")


def share_right(one: Score) -> float:
    """Fields wholly right among those true."""
    return sum(right for _, right, _ in one.fields) / max(1, one.true["name"], len(one.fields))


if __name__ == "__main__":
    main()
