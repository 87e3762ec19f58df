"""Random small contracts and data, for the engine and the reference to run both."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import strategies as st

from caseload.contract.files import write_contract
from caseload.model.catalog import FieldSpec
from caseload.model.contract import (
    Contract,
    Join,
    MappingClass,
    OnFailure,
    Route,
    Rule,
    SplitCase,
)
from caseload.model.stage import Stage, StageJob, StageOptions

from . import reference
from .reference import Meaning, Row, day

FIELDS = {
    "SP": ["Id", "Code", "Name", "Day", "DayInt", "Num", "Mother", "Old"],
    "SQ": ["Id", "Name", "Num"],
    "SC": ["Pid", "Seq", "Alt1", "Alt2", "Code", "Site"],
    "SX": ["Code", "Label", "Stamp"],
    "SG": ["Pid", "Seq", "Which", "Val"],
}
reference.FIELDS.update(FIELDS)

ids = st.sampled_from(["1", "2", "3", "4", "5", None])
DOMAINS = {
    "Id": ids,
    "Pid": ids,
    "Mother": ids,
    "Seq": st.sampled_from(["1", "2"]),
    "Code": st.sampled_from(["A", "B", "C", "Z", None]),
    "Site": st.sampled_from(["Ann", "Bob", "Cy", None]),
    "Name": st.sampled_from(["Ann", "Bob", "Cyrus", "Déjà vu", None]),
    "Day": st.sampled_from(["01/02/2020", "30/02/2020", "2020-03-01", "1/2/2020", None]),
    "DayInt": st.sampled_from(["20200201", "2020021", "20209999", None]),
    "Num": st.sampled_from(["7", "007", "-3", "+4", "1234", "12x", "5.0", "1.5", "0", None]),
    "Old": st.sampled_from(["Y", "N", None]),
    "Alt1": st.sampled_from(["nuts", "cats", None]),
    "Alt2": st.sampled_from(["eggs", None]),
    "Label": st.sampled_from(["red", "blue", None]),
    "Stamp": st.sampled_from(["01/01/2020", "02/01/2020", "5", None]),
    "Which": st.sampled_from(["one", "two"]),
    "Val": st.sampled_from(["x", "y", None]),
}


def plain(name: str) -> Meaning:
    return lambda row: row[name]


def flag(test: bool) -> str:
    return "Y" if test else "N"


def joined(row: Row) -> str | None:
    parts = [row["SP.Code"], "-", row["SP.Name"]]
    return "".join(p for p in parts if p)


def twin(row: Row) -> str | None:
    """coalesce of two readings: the second is read only when the first gives nothing."""
    first = day(row["SP.DayInt"], "CCYYMMDD")
    return first or day(row["SP.Day"], "DD/MM/YYYY")


MEANINGS: dict[str, Meaning] = {
    **{
        f"{table}.{name}": plain(f"{table}.{name}")
        for table, names in FIELDS.items()
        for name in names
    },
    "concat(SP.Code, '-', SP.Name)": joined,
    "to_date(SP.DayInt, 'CCYYMMDD')": lambda row: day(row["SP.DayInt"], "CCYYMMDD"),
    "coalesce(to_date(SP.DayInt, 'CCYYMMDD'), to_date(SP.Day, 'DD/MM/YYYY'))": twin,
    "case when SP.Old = 'Y' then 'old' else SP.Code end": (
        lambda row: "old" if row["SP.Old"] == "Y" else row["SP.Code"]
    ),
    "SP.Old is null or SP.Old <> 'Y'": lambda row: flag(row["SP.Old"] != "Y"),
    "SC.Code in ('A', 'B')": lambda row: flag(row["SC.Code"] in ("A", "B")),
    "SC.Alt1 is not null": lambda row: flag(row["SC.Alt1"] is not None),
    "SC.Alt2 is not null": lambda row: flag(row["SC.Alt2"] is not None),
    "'one'": lambda row: "one",
    "'two'": lambda row: "two",
    "SG.Val": plain("SG.Val"),
    "": lambda row: None,
}

CROSSWALKS = {"codes": {"A": "1", "B": "22", "C": ""}}

failure = st.sampled_from(list(OnFailure))
strict = st.sampled_from([OnFailure.BY_FIELD, OnFailure.REJECT, OnFailure.NULL])


@dataclass
class World:
    """A contract, its catalog and data; `order` has parents before children."""

    contract: Contract
    catalog: dict[str, list[FieldSpec]]
    source: dict[str, list[Row]]
    impute: bool
    order: tuple[str, ...] = ("TP", "TC", "TG")

    def reference(self) -> reference.Reference:
        run = reference.Reference(
            self.contract, self.catalog, self.source, MEANINGS, CROSSWALKS,
            list(self.order), self.impute,
        )  # fmt: skip
        run.run()
        return run

    def job(self, folder: Path) -> StageJob:
        """The world as a project folder."""
        put_catalog(folder / "schemas/target_schema_catalog.csv", self.catalog)
        for table, rows in self.source.items():
            put_rows(folder / f"mock_data/source/{table}.csv", FIELDS[table], rows)
        for name, pairs in CROSSWALKS.items():
            lines = [f"{a},{b},\n" for a, b in pairs.items()]
            put(folder / f"schemas/crosswalks/{name}.csv",
                "source_value,target_value,description\n" + "".join(lines))  # fmt: skip
        write_contract(
            self.contract,
            folder / "reports/mapping_contract.csv",
            folder / "reports/mapping_contract_routes.csv",
        )
        mode = "pre_production" if self.impute else "strict"
        return a_job(folder, StageOptions(impute_mode=mode, memory_limit_mb=512))


def a_job(folder: Path, options: StageOptions, **inputs: object) -> StageJob:
    return StageJob(
        Stage.RUN_CONTRACT_MIGRATION,
        folder,
        folder / ".work",
        options,
        datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        "run-1",
        inputs,
    )


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")


def put_rows(path: Path, names: list[str], rows: list[Row]) -> None:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([[row[name] or "" for name in names] for row in rows])
    put(path, out.getvalue())


def put_catalog(path: Path, catalog: dict[str, list[FieldSpec]]) -> None:
    columns = [
        "table_name", "field_name", "raw_field_name", "data_type", "length", "mandatory_hint",
        "parse_confidence", "source_page", "format", "allowed_values", "code_type",
        "foreign_table", "foreign_field", "description", "position", "unique", "upper",
    ]  # fmt: skip
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n", restval="")
    writer.writeheader()
    for table, fields in catalog.items():
        for spec in fields:
            writer.writerow(
                {
                    "table_name": table,
                    "field_name": spec.field_name,
                    "data_type": spec.data_type,
                    "length": spec.length,
                    "mandatory_hint": "Y" if spec.mandatory else "N",
                    "format": spec.format,
                    "allowed_values": "|".join(spec.allowed_values),
                    "foreign_table": spec.foreign_table,
                    "foreign_field": spec.foreign_field,
                    "position": spec.position,
                    "unique": "Y" if spec.unique else "N",
                    "upper": "Y" if spec.upper else "N",
                }
            )
    put(path, out.getvalue())


class _Maker:
    """Collects fields and rules while a world is drawn."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.catalog: dict[str, list[FieldSpec]] = {}
        self.rules: list[Rule] = []

    def field(
        self, table: str, name: str, kind: str, length: str, expression: str, **traits: object
    ) -> None:
        rule_names = {"crosswalk", "on_miss", "on_failure", "default_value"}
        of_rule = {k: v for k, v in traits.items() if k in rule_names}
        of_spec = {k: v for k, v in traits.items() if k not in rule_names}
        fields = self.catalog.setdefault(table, [])
        spec = FieldSpec(table, name, len(fields) + 1, kind, length, **of_spec)  # type: ignore[arg-type]
        fields.append(spec)
        kind_of_rule = MappingClass.DERIVED if expression else MappingClass.OUT_OF_SCOPE
        self.rules.append(
            Rule(table, name, kind_of_rule, expression=expression, **of_rule)  # type: ignore[arg-type]
        )

    def maybe(self) -> bool:
        return self.draw(st.booleans())

    def pick(self, *choices: object) -> object:
        return self.draw(st.sampled_from(choices))


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """A world with a self-linked parent table, children that split, and grandchildren."""
    make = _Maker(draw)
    make.field("TP", "RN", "NUMBER", "10", "record_key()", unique=True)
    make.field(
        "TP", "CODE", "VARCHAR2", "1", "SP.Code", crosswalk="codes", mandatory=make.maybe(),
        on_miss=make.pick("", "reject", "null", "pass", "default:9"), on_failure=draw(failure),
        default_value=make.pick(None, "0"),
    )  # fmt: skip
    make.field(
        "TP", "NAME", "VARCHAR2", "4", str(make.pick("SP.Name", "concat(SP.Code, '-', SP.Name)")),
        on_failure=draw(failure), mandatory=make.maybe(), unique=make.maybe(),
        default_value=make.pick(None, "NONE"),
    )  # fmt: skip
    make.field(
        "TP", "BORN", "DATE", "", str(make.pick(
            "SP.Day", "to_date(SP.DayInt, 'CCYYMMDD')",
            "coalesce(to_date(SP.DayInt, 'CCYYMMDD'), to_date(SP.Day, 'DD/MM/YYYY'))")),
        format="DD/MM/YYYY", on_failure=draw(strict), mandatory=make.maybe(),
    )  # fmt: skip
    make.field("TP", "NUM", "NUMBER", "3", "SP.Num", on_failure=draw(strict))
    make.field(
        "TP", "KIND", "VARCHAR2", "", "case when SP.Old = 'Y' then 'old' else SP.Code end",
        allowed_values=("A", "old", "B"), on_failure=draw(strict),
    )  # fmt: skip
    make.field("TP", "NOTHING", "VARCHAR2", "5", "", default_value=make.pick(None, "x"),
               mandatory=False)  # fmt: skip
    make.field(
        "TP", "MOTHER_RN", "NUMBER", "10", "parent_key('TP', SP.Mother)",
        on_failure=make.pick(OnFailure.BY_FIELD, OnFailure.REJECT), mandatory=False,
    )  # fmt: skip
    routes = [
        Route("TP", "main", "SP", ("SP.Id",),
              row_filter=str(make.pick("", "SP.Old is null or SP.Old <> 'Y'")))
    ]  # fmt: skip
    if make.maybe():
        _second_route(make, routes)
    splits = make.maybe()
    _children(make, routes, splits=splits)
    _grandchildren(make, routes, splits=splits)
    source = {
        table: draw(st.lists(st.fixed_dictionaries({n: DOMAINS[n] for n in names}), max_size=7))
        for table, names in FIELDS.items()
    }
    return World(Contract(make.rules, routes), make.catalog, source, make.maybe())


def _second_route(make: _Maker, routes: list[Route]) -> None:
    """The same table from another source, with rules of its own; both share their keys."""
    routes.append(Route("TP", "second", "SQ", ("SQ.Id",)))
    own = {"RN": "record_key()", "NAME": "SQ.Name", "NUM": "SQ.Num"}
    for rule in [r for r in make.rules if r.target_table == "TP"]:
        text = own.get(rule.target_field, "")
        if rule.target_field == "MOTHER_RN":
            text = "parent_key('TP', SQ.Id)"
        kind = MappingClass.DERIVED if text else MappingClass.OUT_OF_SCOPE
        make.rules.append(
            Rule("TP", rule.target_field, kind, expression=text, route="second",
                 on_failure=rule.on_failure, default_value=rule.default_value)
        )  # fmt: skip


def _children(make: _Maker, routes: list[Route], *, splits: bool) -> None:
    make.field("TC", "RN", "NUMBER", "10", "record_key()", unique=True)
    make.field(
        "TC", "P_RN", "NUMBER", "10", "parent_key('TP', SC.Pid)", mandatory=make.maybe(),
        on_failure=make.pick(OnFailure.BY_FIELD, OnFailure.REJECT), foreign_table="TP",
        foreign_field="RN",
    )  # fmt: skip
    make.field("TC", "TEXT", "VARCHAR2", "4", "SC.Alt1", mandatory=make.maybe(),
               on_failure=make.draw(failure))  # fmt: skip
    make.field(
        "TC", "SITE", "VARCHAR2", "9", "SC.Site", foreign_table="TP", foreign_field="NAME",
        mandatory=make.maybe(), on_failure=make.pick(OnFailure.BY_FIELD, OnFailure.REJECT),
    )  # fmt: skip
    make.field("TC", "LABEL", "VARCHAR2", "", "SX.Label")
    pick = str(make.pick("first", "latest", "all"))
    join = Join("SX", (("SC.Code", "Code"),), pick, "Stamp" if pick == "latest" else "",
                bool(make.maybe()))  # fmt: skip
    cases = (
        SplitCase("one", "SC.Alt1 is not null", ()),
        SplitCase("two", "SC.Alt2 is not null", (("TEXT", "SC.Alt2"),)),
    )
    routes.append(
        Route("TC", "main", "SC", ("SC.Pid", "SC.Seq"), (join,),
              str(make.pick("", "SC.Code in ('A', 'B')")), cases if splits else ())
    )  # fmt: skip


def _grandchildren(make: _Maker, routes: list[Route], *, splits: bool) -> None:
    key = "SG.Pid, SG.Seq" + (", SG.Which" if splits else "")
    make.field("TG", "RN", "NUMBER", "10", "record_key()", unique=True)
    make.field("TG", "C_RN", "NUMBER", "10", f"parent_key('TC', {key})", mandatory=True)
    make.field("TG", "VAL", "VARCHAR2", "1", "SG.Val", mandatory=make.maybe())
    routes.append(Route("TG", "main", "SG", ("SG.Pid", "SG.Seq", "SG.Which", "SG.Val")))
