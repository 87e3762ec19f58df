"""The rows written for the shipped pack's catalogs keep the promises of the cohort."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest

from caseload.mockdata.lists import CodeBook
from caseload.model.catalog import Side
from caseload.model.shipped import shipped_root
from caseload.specs.meaning import Representation

FORMS = {
    Representation.DATE: re.compile(r"\d\d/\d\d/\d{4}"),
    Representation.DATE_INT: re.compile(r"(19|20)\d{6}"),
    Representation.DATETIME: re.compile(r"\d\d/\d\d/\d{4} \d\d:\d\d"),
    Representation.DATETIME_INT: re.compile(r"(19|20)\d{10}"),
    Representation.TIME: re.compile(r"\d\d:?\d\d"),
    Representation.FLAG: re.compile(r"[YN]"),
}
ORDER = (
    ("birth_date", "death_date"),
    ("admission_date", "discharge_date"),
    ("referral_date", "referral_closed_date"),
    ("rtt_clock_start_date", "rtt_clock_stop_date"),
    ("waiting_list_date", "removal_date"),
    ("leave_start", "leave_return"),
    ("ward_stay_start", "ward_stay_end"),
    ("episode_start_date", "episode_end_date"),
    ("address_start_date", "address_end_date"),
)


def comparable(text: str) -> str:
    """A date of any form as CCYYMMDD."""
    if "/" in text:
        return text[6:10] + text[3:5] + text[:2]
    return text[:8]


def test_every_table_of_both_catalogs_and_every_master_feed_is_written(pack):
    source = {p.stem for p in (pack.folder / "mock_data" / "source").iterdir()}
    assert source == set(pack.catalogs[Side.SOURCE].tables) | {
        "MASTER_STAFF",
        "MASTER_USERS",
        "MASTER_SITES",
        "MASTER_PRACTICES",
    }
    for name in pack.catalogs[Side.TARGET].tables:
        assert pack.table(name, "target"), f"{name} has no rows"
    figures = pack.result.figures
    assert (figures["patients"], figures["source_tables"]) == (20, 421)
    assert (figures["target_tables"], figures["faults"]) == (38, 0)


def test_headers_are_the_catalogs_fields_in_its_order(pack):
    for side, catalog in pack.catalogs.items():
        for name, table in catalog.tables.items():
            path = pack.folder / "mock_data" / side.value / f"{name}.csv"
            header = path.read_text(encoding="utf-8").partition("\n")[0]
            assert header == ",".join(f.field_name for f in table.fields)


def holding(link, meaning):
    """Whether a link is sure, and between fields that write a thing alike."""
    forms = {
        (
            meaning.fields[link.child, child].representation,
            meaning.fields[link.parent, parent].representation,
        )
        for child, parent in zip(link.child_fields, link.parent_fields, strict=True)
    }
    return (link.declared or link.confidence >= 0.75) and all(a is b for a, b in forms)


@pytest.mark.parametrize("side", list(Side))
def test_every_link_that_the_meaning_is_sure_of_holds(pack, side):
    meaning = pack.meaning(side)
    links = [link for link in meaning.relationships if holding(link, meaning)]
    assert len(links) > 100
    for link in links:
        parents = {
            tuple(r[p] for p in link.parent_fields) for r in pack.table(link.parent, side.value)
        }
        for row in pack.table(link.child, side.value):
            value = tuple(row[c] for c in link.child_fields)
            assert not all(value) or value in parents, link


def test_what_a_row_points_at_belongs_to_the_same_patient(pack):
    checked = 0
    for child, field, parent in (
        ("OPA", "RefNo", "REFERRAL"),
        ("OPA", "PathwayId", "RTTPATH"),
        ("HWSAPP", "RefNo", "REFERRAL"),
        ("ADMITDISCH", "WlEntryNo", "HWSAPP"),
        ("ADMITDISCH", "AeAttNo", "AEA"),
        ("RTTEVENT", "PathwayId", "RTTPATH"),
        ("THEATOP", "WlEntryNo", "HWSAPP"),
        ("OPA", "IntPatNo", "PATDATA"),
    ):
        owner = {row[field]: row for row in pack.table(parent)}
        for row in pack.table(child):
            if row[field]:
                other = owner[row[field]]
                assert other["IntPatNo"] == row["IntPatNo"], (child, field)
                if row.get("DistNo") and other.get("DistNo"):
                    assert other["DistNo"] == row["DistNo"], (child, field)
                checked += 1
    assert checked > 300


@pytest.mark.parametrize("side", list(Side))
def test_keys_are_unique_and_filled(pack, side):
    for name, key in pack.meaning(side).keys.items():
        values = [tuple(r[f] for f in key.fields) for r in pack.table(name, side.value)]
        assert len(set(values)) == len(values), name
        assert all(all(v) for v in values), name


def test_values_fit_the_size_and_form_of_their_field(pack):
    meaning = pack.meaning(Side.SOURCE)
    wrong = []
    for name, table in pack.catalogs[Side.SOURCE].tables.items():
        rows = pack.table(name)
        for spec in table.fields:
            form = FORMS.get(meaning.fields[name, spec.field_name].representation)
            for row in rows:
                value = row[spec.field_name]
                if len(value) > (spec.size or 999) or (
                    form and value and not form.fullmatch(value)
                ):
                    wrong.append(f"{name}.{spec.field_name}: {value}")
                    break
    assert wrong == []


def test_a_displayed_date_and_its_internal_form_agree(pack):
    pairs = 0
    for told in pack.meaning(Side.SOURCE).fields.values():
        if told.twin_of and told.representation in (
            Representation.DATE_INT,
            Representation.DATETIME_INT,
        ):
            for row in pack.table(told.table):
                assert comparable(row[told.field]) == comparable(row[told.twin_of]), told
                pairs += 1
    assert pairs > 1000


def test_time_runs_forwards_in_every_table(pack):
    by_table = defaultdict(dict)
    for told in pack.meaning(Side.SOURCE).fields.values():
        if told.representation in FORMS and not told.twin_of:
            by_table[told.table].setdefault(told.concept, told.field)
    checked = 0
    for table, fields in by_table.items():
        for first, after in ORDER:
            if first in fields and after in fields:
                for row in pack.table(table):
                    early, late = row[fields[first]], row[fields[after]]
                    if early and late:
                        assert comparable(early) <= comparable(late), (table, first, after)
                        checked += 1
    assert checked > 50


def test_nhs_numbers_are_valid_different_and_given_to_nobody(pack):
    numbers = [r["PtNhsNo"] for r in pack.table("PATDATA") if r["PtNhsNo"]]
    assert len(set(numbers)) == len(numbers) > 15
    for number in numbers:
        assert number.startswith("999")
        total = sum(int(d) * w for d, w in zip(number, range(10, 1, -1), strict=False))
        assert (11 - total % 11) % 11 == int(number[9])


def test_facts_that_depend_on_others_are_only_there_with_them(pack):
    for row in pack.table("PATDATA"):
        assert bool(row["DateDied"]) == (row["DiedInd"] == "Y")
    for row in pack.table("ADMITDISCH"):
        assert bool(row["DiscDate"]) == bool(row["DiscMeth"]) == bool(row["DiscDest"])
    visits = pack.table("OPA")
    assert any(row["CancDt"] for row in visits)
    for row in visits:
        assert bool(row["CancDt"]) == bool(row["CancReas"])
        assert not (row["CancDt"] and row["ArrTime"])


def test_masters_are_within_the_master_feeds(pack):
    for table, field, feed, code in (
        ("STAFFMAST", "StaffCode", "MASTER_STAFF", "StaffCode"),
        ("CONSMAST", "ConsCode", "MASTER_STAFF", "StaffCode"),
        ("USERMAST", "UserId", "MASTER_USERS", "UserId"),
        ("SITEMAST", "SiteCode", "MASTER_SITES", "SiteCode"),
        ("PRACMAST", "PracCode", "MASTER_PRACTICES", "PracticeCode"),
        ("WARDMAST", "WardCode", "LOCMAST", "LocCode"),
    ):
        held = {row[code] for row in pack.table(feed)}
        assert {row[field] for row in pack.table(table)} <= held, table


def test_coded_fields_hold_codes_of_their_list_and_long_enough_tables_hold_them_all(pack):
    codes = CodeBook(shipped_root() / "schemas" / "crosswalks")
    used = defaultdict(set)
    room = defaultdict(int)
    for told in pack.meaning(Side.SOURCE).fields.values():
        held = codes.get(told.code_list)
        if held is None or told.representation is not Representation.CODE:
            continue
        values = {row[told.field] for row in pack.table(told.table)} - {""}
        size = pack.catalogs[Side.SOURCE].find(told.table, told.field).size or 9
        if values <= set(held.sources):
            used[held.name] |= values
            if all(len(s) <= size for s in held.sources):
                room[held.name] = max(room[held.name], len(pack.table(told.table)))
    assert len(used) > 80
    occurring = sum(len(values) for values in used.values())
    listed = sum(len(codes.named(name).sources) for name in used)
    assert occurring >= 0.85 * listed


def test_load_files_hold_what_the_guide_demands(pack):
    for spec in pack.catalogs[Side.TARGET].all_fields():
        rows = pack.table(spec.table_name, "target")
        values = [row[spec.field_name] for row in rows]
        where = spec.qualified
        assert not spec.mandatory or all(values), where
        assert not spec.unique or len({v for v in values if v}) == len([v for v in values if v])
        if spec.foreign_table:
            parents = {r[spec.foreign_field] for r in pack.table(spec.foreign_table, "target")}
            assert {v for v in values if v} <= parents, where
        if spec.data_type == "VARCHAR2":
            assert all(len(v) <= (spec.size or 999) for v in values), where
        if spec.data_type == "NUMBER":
            assert all(v.replace(".", "", 1).isdigit() for v in values if v), where
        if spec.allowed_values:
            assert {v for v in values if v} <= set(spec.allowed_values), where
        if spec.field_name == "RECORD_NUMBER":
            assert values == [str(n) for n in range(1, len(rows) + 1)]
