"""The SQL that a target table's rows are made by, for a person to read; nothing is run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from caseload.contract.check import plan_contract
from caseload.contract.crosswalks import Crosswalk
from caseload.contract.duckdb.conform import Surroundings
from caseload.contract.duckdb.route import RouteSql, Sources, TableNotes
from caseload.contract.duckdb.tables import TableLoad
from caseload.contract.plan import Plan, RoutePlan
from caseload.engine.staging import Staged
from caseload.model.catalog import Catalog
from caseload.model.contract import Contract
from caseload.model.errors import BadInput


@dataclass(frozen=True, slots=True)
class Explained:
    """The statement of one route, or of one case of its split."""

    route: str
    split: str
    base_table: str
    sql: str


def explain(
    contract: Contract,
    catalog: Catalog,
    source: Mapping[str, tuple[str, ...]],
    crosswalks: Mapping[str, Crosswalk],
    target_table: str,
) -> tuple[Explained, ...]:
    """The statements that convert the rows of one target table, laid out to be read.

    Keys are allocated, children settled and load files written by further statements.

    Raises:
        BadInput: the table has no route, or the contract cannot be planned.
    """
    plan = plan_contract(contract, catalog, source, crosswalks)
    name = next((t for t in plan.tables if t.casefold() == target_table.casefold()), "")
    if not name:
        raise BadInput(
            f"The contract has no route to a table {target_table}",
            remedy=f"Name one of: {', '.join(plan.tables)}",
        )
    loads = {table: TableLoad(planned) for table, planned in plan.tables.items()}
    around = Surroundings({}, _loop_of(plan, name), impute=False)
    keys = {table: load.lookup for table, load in loads.items()}
    found = []
    for route in plan.tables[name].routes:
        label = route.key_label if loads[name].multiple else ""
        sql = RouteSql(route, _sources(route, source), crosswalks, keys, around, label)
        for unit in route.units:
            notes = TableNotes()
            statement = sql.select(sql.work(unit, notes), notes, identified=False)
            found.append(
                Explained(
                    route.route.name, unit.split, route.route.base_table, _laid_out(statement)
                )
            )
    return tuple(found)


def _loop_of(plan: Plan, name: str) -> frozenset[str]:
    group = next((group for group in plan.order if name in group), ())
    return frozenset(group) if len(group) > 1 else frozenset()


def _sources(route: RoutePlan, source: Mapping[str, tuple[str, ...]]) -> Sources:
    """The route's tables as they would be staged; each join of one match reads its pick."""
    tables = {
        table: Staged(Path(f"{table}.csv"), table, source[table], source[table], 0, "")
        for table in route.tables
    }
    picks = {j.table: f"{j.pick} of {j.table}" for j in route.joins if j.pick != "all"}
    return Sources(tables, picks)


def _laid_out(statement: str) -> str:
    import sqlglot

    return sqlglot.transpile(statement, read="duckdb", write="duckdb", pretty=True)[0]
