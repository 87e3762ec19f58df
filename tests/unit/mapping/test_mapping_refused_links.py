"""A link that a person refused is used nowhere; one that was drawn is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from caseload.mapping.inputs import systems_of
from caseload.mapping.profiles import SourceData
from caseload.mapping.routes import Routes
from caseload.model.catalog import Catalog, FieldSpec, Side, TableSpec
from caseload.model.contract import Contract, Join, Route
from caseload.model.relationship import LinkDecision, heard, link_id, ruled, told
from caseload.model.stage import Stage
from caseload.quality.checks import OrphanCheck
from caseload.quality.source_checks import source_checks
from caseload.specs.meaning import understand

STAYS = "LOAD_ADMISSIONS"


def decision(state, child, field, parent, parent_field, side=Side.SOURCE):
    ends = (child, (field,), parent, (parent_field,))
    return LinkDecision(link_id(side, *ends), side, *ends, state)


PERSON = ("IPSTAYS", "PersonNo", "PERSONS", "PersonNo")


def contract(workshop, *decisions):
    """The contract's rules of a project with these decisions."""
    inputs = {"relationships": told(decisions)}
    workshop.run(Stage.ANALYZE_SEMANTIC_MAPPING, **inputs)
    workshop.run(Stage.BUILD_MAPPING_CONTRACT, **inputs)
    rows = workshop.read("reports/mapping_contract.csv")
    return {(r["target_table"], r["target_field"]): r for r in rows}


def test_mapping_does_not_follow_a_refused_link_not_even_by_equal_names(with_rows):
    kept = contract(with_rows)[STAYS, "PATIENT_RECORD_NUMBER"]
    assert kept["expression"] == "parent_key('LOAD_PATIENTS', IPSTAYS.PersonNo)"
    refused = contract(with_rows, decision("rejected", *PERSON))[STAYS, "PATIENT_RECORD_NUMBER"]
    assert "IPSTAYS.PersonNo" not in refused["expression"]


def test_mapping_does_not_ask_for_a_foreign_key_that_a_person_refused(with_rows):
    of_target = ("LOAD_ADMISSIONS", "PATIENT_RECORD_NUMBER", "LOAD_PATIENTS", "RECORD_NUMBER")
    rules = contract(with_rows, decision("rejected", *of_target, side=Side.TARGET))
    assert "parent_key" not in rules[STAYS, "PATIENT_RECORD_NUMBER"]["expression"]


def shop():
    def table(name, *fields):
        specs = tuple(FieldSpec(name, f, i, length="9") for i, f in enumerate(fields, 1))
        return TableSpec(name, specs)

    tables = (
        table("PERSON", "PersonNo", "Surname"),
        table("VISIT", "VisitNo", "PersonNo", "Zorp"),
        table("PLACE", "PlaceCode", "Title"),
    )
    return Catalog(Side.SOURCE, {t.name: t for t in tables})


def checked(*decisions):
    """The pairs of fields that quality rules check for orphans."""
    catalog = ruled(shop(), decisions)
    routes = [Route("LOAD_X", "main", "VISIT", ("VISIT.VisitNo",), (Join("PERSON", ()),))]
    found = source_checks(
        catalog,
        understand(catalog, decisions=decisions),
        Contract(rules=[], routes=routes),
        {},
        frozenset(catalog.tables),
        date(2026, 3, 31),
        frozenset(),
    )
    orphans = [c for c in found if isinstance(c, OrphanCheck)]
    return {(c.table, c.fields, c.parent) for c in orphans}


def test_quality_rules_seek_orphans_along_confirmed_and_drawn_links_only():
    person = ("VISIT", ("PersonNo",), "PERSON")
    place = ("VISIT", ("Zorp",), "PLACE")
    assert person in checked()
    assert place not in checked()
    decisions = (
        decision("rejected", "VISIT", "PersonNo", "PERSON", "PersonNo"),
        decision("drawn", "VISIT", "Zorp", "PLACE", "PlaceCode"),
    )
    assert checked(*decisions) == {place}


def test_a_drawn_link_makes_a_join(tmp_path):
    decisions = heard(told([decision("drawn", "VISIT", "Zorp", "PLACE", "PlaceCode")]), Side.SOURCE)
    target = Catalog(Side.TARGET, {"LOAD_X": TableSpec("LOAD_X", (FieldSpec("LOAD_X", "A", 1),))})
    joins = []
    for told_of in ((), decisions):
        systems = systems_of(shop(), target, {}, decisions=told_of)
        routes = Routes(systems, {"LOAD_X": "VISIT"}, SourceData(None, tmp_path))
        joins.append(routes.can_join("LOAD_X", "PLACE"))
    assert joins == [False, True]
    assert replace(decisions[0], why="x").at == decisions[0].at
