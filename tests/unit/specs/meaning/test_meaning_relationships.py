"""Links between tables are told from documents, prose and names, each with its evidence."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from caseload.model.catalog import Catalog, FieldSpec, Side, TableSpec
from caseload.model.relationship import (
    Cardinality,
    LinkDecision,
    LinkKind,
    Relationship,
    heard,
    link_id,
    ruled,
    told,
)
from caseload.specs.meaning import CatalogMeaning, FieldRole, understand

KEY = Path(__file__).parents[3] / "data" / "answer_key" / "source_fields.csv"


def catalog(**tables: str) -> Catalog:
    """From "name TYPE size =ELEMENT !key ?mandatory >TABLE.FIELD #description, …"."""
    made = Catalog(Side.SOURCE)
    for table, text in tables.items():
        specs = []
        for place, line in enumerate(text.split(","), 1):
            line, _, prose = line.partition("#")
            name, *parts = line.split()
            found = {p[0]: p[1:] for p in parts if p[0] in "=!?>"}
            parent, _, parent_field = found.get(">", "").partition(".")
            sizes = [p for p in parts if p.isdigit()]
            kinds = [p for p in parts if p.isalpha()]
            specs.append(
                FieldSpec(
                    table,
                    name,
                    place,
                    data_type=kinds[0] if kinds else "",
                    length=sizes[0] if sizes else "",
                    description=prose.strip(),
                    mandatory="?" in found,
                    data_element=found.get("=", ""),
                    foreign_table=parent,
                    foreign_field=parent_field,
                    key="!" in found,
                )
            )
        made.tables[table] = TableSpec(table, tuple(specs))
    return made


def links(meaning: CatalogMeaning) -> dict[str, Relationship]:
    """Links by "child.fields>parent.fields"."""
    return {
        link_id(Side.SOURCE, r.child, r.child_fields, r.parent, r.parent_fields)[7:]: r
        for r in meaning.relationships
    }


def decision(state: str, child: str, field: str, parent: str, parent_field: str) -> LinkDecision:
    ends = (child, (field,), parent, (parent_field,))
    return LinkDecision(link_id(Side.SOURCE, *ends), Side.SOURCE, *ends, state)


SHOP = {
    "customers": "id INTEGER, name VARCHAR 40, customer_since DATE",
    "orders": "id INTEGER, customer_id INTEGER ?, ordered DATE, ship_address_id INTEGER",
    "addresses": "id INTEGER, street VARCHAR 50",
    "order_profile": "order_id INTEGER !, note VARCHAR 80",
}


def test_a_link_says_what_speaks_for_it_and_how_many_rows_stand_at_either_end() -> None:
    found = links(understand(catalog(**SHOP)))
    link = found["orders.customer_id>customers.id"]
    assert link.kind is LinkKind.INFERRED
    assert not link.declared
    assert 0.8 <= link.confidence < 1.0
    assert link.cardinality is Cardinality.ONE_TO_MANY
    assert {e.name for e in link.evidence if e.passed} >= {"names", "type and length"}
    assert found["orders.ship_address_id>addresses.id"].cardinality is Cardinality.OPTIONAL_TO_MANY
    assert found["order_profile.order_id>orders.id"].cardinality is Cardinality.ONE_TO_ONE


def test_what_a_document_declares_holds_and_what_its_prose_says_nearly_so() -> None:
    meaning = understand(
        catalog(
            ward="ward_ref CHAR 6 !, title VARCHAR 30",
            stay="stay_no INTEGER !, first_place CHAR 6 >ward.ward_ref, "
            "second_place CHAR 6 #Foreign key to the ward where it ended, "
            "third_place CHAR 6 #A place known to refer nowhere",
        )
    )
    found = links(meaning)
    assert found["stay.first_place>ward.ward_ref"].kind is LinkKind.DECLARED
    assert found["stay.first_place>ward.ward_ref"].confidence == 1.0
    stated = found["stay.second_place>ward.ward_ref"]
    assert (stated.kind, stated.declared) == (LinkKind.STATED, True)
    assert "Foreign key to the ward" in stated.evidence[0].note
    assert not any(name.startswith("stay.third_place") for name in found)


@pytest.mark.parametrize(
    ("prose", "parent"),
    [
        ("FK to the CLINIC_CODE of LOAD_CLINICS", "LOAD_CLINICS.CLINIC_CODE"),
        ("Foreign key to LOAD_CLINICS.CLINIC_CODE. Mandatory", "LOAD_CLINICS.CLINIC_CODE"),
        ("A foreign key to the clinics table", "LOAD_CLINICS.RECORD_NUMBER"),
        ("Foreign key to the second Clinic when it moved", "LOAD_CLINICS.RECORD_NUMBER"),
        ("References LOAD_CLINICS", "LOAD_CLINICS.RECORD_NUMBER"),
        ("Points to the table LOAD_CLINICS.CLINIC_CODE", "LOAD_CLINICS.CLINIC_CODE"),
        ("Refers to where the clinic is held", ""),
        ("Links to clinics in the other system", ""),
        ("Kept for reference only. If the clinic closes, see elsewhere", ""),
        ("Foreign key to the moon", ""),
    ],
)
def test_prose_names_a_parent_or_only_speaks_of_it(prose: str, parent: str) -> None:
    made = catalog(
        LOAD_CLINICS="RECORD_NUMBER NUMBER 10 !, CLINIC_CODE NUMBER 8",
        LOAD_SLOTS="RECORD_NUMBER NUMBER 10 !, ZORP NUMBER 8",
        LOAD_SITES="RECORD_NUMBER NUMBER 10 !, TITLE VARCHAR 8",
        LOAD_WARDS="RECORD_NUMBER NUMBER 10 !, TITLE VARCHAR 8",
    )
    first, second = made.tables["LOAD_SLOTS"].fields
    fields = (first, replace(second, description=prose))
    made.tables["LOAD_SLOTS"] = TableSpec("LOAD_SLOTS", fields)
    found = {n for n, r in links(understand(made)).items() if r.kind is LinkKind.STATED}
    assert found == ({f"LOAD_SLOTS.ZORP>{parent}"} if parent else set())


def test_a_declared_table_without_a_field_means_its_key() -> None:
    meaning = understand(catalog(Ward="Code CHAR 6 !", Bed="BedNo INTEGER !, Place CHAR 6 >WARD"))
    assert "Bed.Place>Ward.Code" in links(meaning)


def test_a_table_may_point_at_itself_and_tables_at_each_other() -> None:
    meaning = understand(
        catalog(
            category="category_id INTEGER !, parent_category_id INTEGER",
            folder="id INTEGER !, parent_id INTEGER, name VARCHAR 20",
            team="team_id INTEGER !, leader_person_id INTEGER",
            person="person_id INTEGER !, team_id INTEGER",
        )
    )
    found = links(meaning)
    assert "category.parent_category_id>category.category_id" in found
    assert "folder.parent_id>folder.id" in found
    assert {"team.leader_person_id>person.person_id", "person.team_id>team.team_id"} <= set(found)


def test_many_columns_may_point_at_one_table_of_concepts() -> None:
    names = ("gender", "race", "unit_source", "type")
    columns = ", ".join(f"{name}_concept_id INTEGER" for name in names)
    meaning = understand(
        catalog(
            concept="concept_id INTEGER !, concept_name VARCHAR 255",
            person=f"person_id INTEGER !, {columns}, gender_source_value VARCHAR 50",
        )
    )
    found = links(meaning)
    assert len(found) == len(names)
    assert all(link.parent == "concept" for link in found.values())


def test_a_key_of_several_fields_is_found_as_a_whole() -> None:
    meaning = understand(
        catalog(
            stock="product_no INTEGER !, warehouse_no INTEGER !, amount INTEGER",
            stock_check="product_no INTEGER !, warehouse_no INTEGER !, checked DATE !",
        )
    )
    link = links(meaning)["stock_check.product_no+warehouse_no>stock.product_no+warehouse_no"]
    assert link.cardinality is Cardinality.ONE_TO_MANY
    assert any(e.name == "position in key" and e.passed for e in link.evidence)


def test_declared_fields_that_make_up_a_key_are_one_link() -> None:
    meaning = understand(
        catalog(
            stock="product INTEGER !, place INTEGER !, amount INTEGER",
            booking="id INTEGER !, prod INTEGER >stock.product, other_prod INTEGER >stock.product, "
            "other_place INTEGER >stock.place, note VARCHAR 9",
            badge_log="badge INTEGER >staff.badge, seen DATE",
            staff="id INTEGER !, badge INTEGER",
        )
    )
    found = links(meaning)
    assert set(found) == {
        "booking.prod>stock.product",
        "booking.other_prod+other_place>stock.product+place",
        "badge_log.badge>staff.badge",
    }
    assert found["badge_log.badge>staff.badge"].cardinality is Cardinality.OPTIONAL_TO_MANY


@pytest.mark.parametrize(
    ("own", "against"),
    [("customer_id VARCHAR 9", "type"), ("customer_id INTEGER", "")],
)
def test_types_that_do_not_agree_speak_against_a_link(own: str, against: str) -> None:
    meaning = understand(catalog(customers="id INTEGER !", orders=f"id INTEGER !, {own}"))
    everything = [*meaning.relationships, *meaning.doubtful]
    link = next(r for r in everything if r.child == "orders")
    assert {e.name for e in link.evidence if not e.passed} == ({against} if against else set())
    assert bool(against) == (link.confidence < 0.8)


def test_tables_without_key_or_fields_are_no_parents_and_no_trouble() -> None:
    meaning = understand(
        catalog(log_text="written DATE, message VARCHAR 200", note="id INTEGER, log_text VARCHAR 9")
    )
    assert not meaning.relationships
    empty = Catalog(Side.SOURCE, {"NOTHING": TableSpec("NOTHING", ())})
    assert understand(empty).relationships == []
    assert understand(Catalog(Side.SOURCE)).keys == {}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(
        st.text(min_size=1, max_size=12),
        st.lists(
            st.tuples(
                st.one_of(st.text(min_size=1, max_size=10), st.sampled_from(["id", "_", "ID_1"])),
                st.sampled_from(["", "INTEGER", "CHAR", "DATE", "??"]),
                st.sampled_from(["", "9", "10,2", "x"]),
                st.sampled_from(["", "A1", "A2"]),
                st.booleans(),
                st.one_of(st.just(""), st.text(max_size=30).map("foreign key to {}".format)),
            ),
            max_size=6,
            unique_by=lambda field: field[0],
        ),
        max_size=6,
    )
)
def test_whatever_tables_and_fields_are_called_links_join_what_is_there(tables) -> None:
    made = Catalog(Side.SOURCE)
    for name, fields in tables.items():
        specs = (
            FieldSpec(name, f, i, kind, length, data_element=item, key=key, description=prose)
            for i, (f, kind, length, item, key, prose) in enumerate(fields, 1)
        )
        made.tables[name] = TableSpec(name, tuple(specs))
    meaning = understand(made)
    for link in (*meaning.relationships, *meaning.doubtful):
        assert len(link.child_fields) == len(link.parent_fields) > 0
        assert 0.0 <= link.confidence <= 1.0
        assert all(made.find(link.child, f) for f in link.child_fields)
        assert all(made.find(link.parent, f) for f in link.parent_fields)
        assert (link.child, link.child_fields) != (link.parent, link.parent_fields)
    ends = [(r.child, r.child_fields, r.parent) for r in meaning.relationships]
    assert len(set(ends)) == len(ends)


# --- what people decided -----------------------------------------------------------------


def test_a_refused_link_is_gone_and_a_drawn_one_is_there() -> None:
    shop = catalog(**SHOP)
    decisions = [
        decision("rejected", "orders", "customer_id", "customers", "id"),
        decision("drawn", "customers", "name", "addresses", "street"),
    ]
    meaning = understand(shop, decisions=decisions)
    found = links(meaning)
    assert "orders.customer_id>customers.id" not in found
    drawn = found["customers.name>addresses.street"]
    assert (drawn.kind, drawn.declared, drawn.confidence) == (LinkKind.DRAWN, True, 1.0)
    assert meaning.refused == {decisions[0].at}
    assert meaning.fields["orders", "customer_id"].role is FieldRole.FACT
    assert meaning.fields["customers", "name"].role is FieldRole.PARENT_KEY
    assert "orders.customer_id>customers.id" in links(understand(shop))


def test_a_confirmed_link_holds_as_a_declared_one_and_keeps_its_evidence() -> None:
    decisions = [decision("confirmed", "orders", "customer_id", "customers", "id")]
    link = links(understand(catalog(**SHOP), decisions=decisions))[
        "orders.customer_id>customers.id"
    ]
    assert (link.declared, link.confidence, link.kind) == (True, 1.0, LinkKind.INFERRED)
    assert link.evidence


def test_a_decision_about_fields_that_are_gone_does_nothing() -> None:
    decisions = [decision("drawn", "orders", "gone", "customers", "id")]
    meaning = understand(catalog(**SHOP), decisions=decisions)
    assert not any("gone" in name for name in links(meaning))


def test_decisions_go_to_stages_as_json_and_change_the_foreign_keys_they_read() -> None:
    shop = catalog(
        a="id INTEGER !, other INTEGER >b.id", b="id INTEGER !, third INTEGER, free INTEGER >a.id"
    )
    decisions = [
        decision("rejected", "a", "other", "b", "id"),
        decision("drawn", "b", "third", "a", "id"),
        decision("rejected", "b", "free", "b", "id"),
    ]
    heard_back = heard(told(decisions), Side.SOURCE)
    assert [d.at for d in heard_back] == [d.at for d in decisions]
    assert heard(told(decisions), Side.TARGET) == ()
    now = ruled(shop, heard_back)
    fields = {f.qualified: f.foreign_table for f in now.all_fields()}
    assert fields == {"a.id": "", "a.other": "", "b.id": "", "b.third": "a", "b.free": "a"}
    assert ruled(shop, ()) is shop


# --- the shipped dictionary --------------------------------------------------------------


@pytest.fixture(scope="module")
def pack() -> CatalogMeaning:
    fields: dict[str, list[FieldSpec]] = defaultdict(list)
    with KEY.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            of_table = fields[row["table_name"]]
            of_table.append(
                FieldSpec(
                    row["table_name"],
                    row["field_name"],
                    len(of_table) + 1,
                    length=row["size"],
                    data_element=row["data_element"],
                    description=row["description"],
                )
            )
    return understand(Catalog(Side.SOURCE, {n: TableSpec(n, tuple(f)) for n, f in fields.items()}))


def test_an_activity_number_of_something_else_is_no_admission(pack: CatalogMeaning) -> None:
    of_admission = {r.child for r in pack.relationships if r.parent == "ADMITDISCH"}
    assert {"CONSEPIS", "WARDSTAY", "IPLEAVE", "IPTRANSFER"} <= of_admission
    strangers = {"OPA", "AEA", "HWSAPP", "REFERRAL", "RTTEVENT", "ORDHEAD", "LETLOG"}
    assert not strangers & of_admission
    refused = next(r for r in pack.doubtful if (r.child, r.parent) == ("OPA", "ADMITDISCH"))
    assert "same sort of thing" in {e.name for e in refused.evidence if not e.passed}


def test_a_coding_line_belongs_to_its_episode_and_through_it_to_the_admission(
    pack: CatalogMeaning,
) -> None:
    several = {
        r.parent for r in pack.relationships if r.child == "CLINCODE" and len(r.child_fields) > 1
    }
    assert several == {"CONSEPIS"}


def test_histories_and_audits_are_no_parents(pack: CatalogMeaning) -> None:
    standing = {r.parent: pack.tables[r.parent].standing for r in pack.relationships}
    assert set(standing.values()) <= {"live", "master"}
