"""Reads damaged documents for as long as asked and prints how the readings ended.

    python tests/perf/fuzz_documents.py --minutes 10 --seed 1

Every reading must end as a reading or as a clear refusal; "unforeseen" are exceptions that the
reader did not expect (the person sees a clean message all the same), "crashed" and "stopped"
are processes that broke or ran out of time.  Those are read once more through the program's own
sandbox, which must answer each with one clean message.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from caseload.model.errors import BadInput  # noqa: E402
from caseload.model.progress import CancelToken, SilentProgress  # noqa: E402
from caseload.specs.sandbox import read_documents  # noqa: E402
from fuzz.campaign import Tally, run  # noqa: E402
from fuzz.mutate import mutant  # noqa: E402
from fuzz.samples import samples  # noqa: E402


def main() -> int:
    """Run, print, and return 1 when anything ended other than it should."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="samples whose name holds this")
    asked = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pool = {k: v for k, v in samples(folder).items() if asked.only in k}
        until = began + asked.minutes * 60
        tally = run(pool, range(asked.seed, 2**62), folder, until=until)
        _show(tally, time.monotonic() - began)
        return _again(tally, pool, folder)


def _show(tally: Tally, seconds: float) -> None:
    total = sum(tally.outcomes.values())
    print(f"{total} mutants in {seconds:.0f} s ({total / seconds:.1f} a second)")
    for outcome, count in tally.outcomes.most_common():
        print(f"  {outcome:<12} {count:>8}  {100 * count / total:5.1f} %")
    print("slowest {:.1f} s ({}, seed {})".format(*tally.slowest))
    print("most memory {:.0f} MB (worker's peak; {}, seed {})".format(*tally.most_memory))
    print("reasons:")
    for reason, count in tally.reasons.most_common(60):
        print(f"  {count:>7}  {reason}")


def _again(tally: Tally, pool: dict[str, bytes], folder: Path) -> int:
    """Read the odd ones through the sandbox: each must be one clean message, or a reading."""
    unclean = 0
    for name, seed, how in tally.odd[:100]:
        path = folder / name
        path.write_bytes(mutant(pool[name], name, pool, seed))
        try:
            read_documents([(path, name)], SilentProgress(), CancelToken())
            said = "a reading"
        except BadInput as error:
            said = str(error)
            unclean += name not in error.where
        print(f"odd: {name} seed {seed}: {how}; the sandbox says: {said}")
    print(f"{unclean} without a clean message")
    return 1 if unclean else 0


if __name__ == "__main__":
    raise SystemExit(main())
