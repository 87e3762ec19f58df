"""Whatever the contract and the data: the engine does what a slow, obvious loop does."""

import csv
import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, given, note, settings

from caseload.contract.migrate import run
from caseload.model.progress import CancelToken, SilentProgress

from .worlds import World, worlds


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds())
def test_rows_rejects_holds_and_ledger_are_those_of_the_reference(world: World) -> None:
    expected = world.reference()
    with tempfile.TemporaryDirectory() as name:
        job = world.job(Path(name))
        run(job, SilentProgress(), CancelToken())
        out = job.out_dir
        rejects: dict[str, Counter[tuple[str, str, str, str]]] = {t: Counter() for t in world.order}
        for line in read(out / "reports/contract_migration_rejects.csv"):
            rejects[line[2]][line[1], line[3], line[8], line[9]] += 1
        for table in world.order:
            note(f"{table}: {[(m.line, m.key, m.state, m.failures) for m in expected.made[table]]}")
            rows = read(out / f"mock_data/target_contract/{table}.csv")
            assert rows == expected.rows_of(table), table
            assert rejects[table] == expected.rejects_of(table), table
        ledger = read(out / "reports/contract_migration_ledger.csv")
        for table, route, _, *counts in ledger:
            count = expected.ledger[table, route]
            states = ("in", "loaded", "split", "merged", "rejected", "held", "filtered")
            assert dict(zip(states, map(int, counts[:-1]), strict=True)) == {
                state: count[state] for state in states
            }, (table, route)
            assert counts[-1] == "0"
