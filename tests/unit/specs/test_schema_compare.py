"""Two versions of a catalog: what differs is found, and nothing else."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caseload.model.catalog import Catalog, FieldSpec, Side, TableSpec
from caseload.model.schema_diff import (
    DiffKind,
    FieldPlace,
    Rename,
    RenameDecision,
    RenameState,
)
from caseload.specs.archive import fingerprint, pack, unpack
from caseload.specs.compare import compare

from . import schema_edits

WORDS = [
    "Patient", "Clinic", "Ward", "Admission", "Referral", "Letter", "Code", "Date", "Number",
    "Status", "Reason", "Consultant", "Specialty", "Surname", "Forename", "Postcode", "Address",
    "Telephone", "Hospital", "Episode", "Diagnosis", "Site",
]  # fmt: skip


def invented(seed, tables=12):
    """A catalog of a made-up system, the same for the same seed."""
    rng = random.Random(seed)
    made = {}
    for number in range(tables):
        name = f"{rng.choice(WORDS)}{rng.choice(WORDS)}".upper() + str(number)
        fields, names = [], set()
        for _ in range(rng.randrange(5, 16)):
            words = rng.sample(WORDS, rng.choice([1, 2, 2, 3]))
            if "".join(words) in names:
                continue
            names.add("".join(words))
            described = rng.random() < 0.8
            fields.append(
                FieldSpec(
                    name,
                    "".join(words),
                    len(fields) + 1,
                    data_type=rng.choice(["VARCHAR2", "NUMBER", "DATE"]),
                    length=str(rng.choice([1, 2, 4, 8, 10, 20, 35])),
                    description=f"The {' '.join(words).lower()} of the {name.lower()} row."
                    if described
                    else "",
                    mandatory=rng.random() < 0.3,
                )
            )
        made[name] = TableSpec(name, tuple(fields), f"Rows about {name.lower()}.", number + 1)
    return Catalog(Side.SOURCE, made)


def one_table(*fields, name="OPA"):
    specs = tuple(replace(spec, table_name=name, position=at) for at, spec in enumerate(fields, 1))
    return Catalog(Side.SOURCE, {name: TableSpec(name, specs)})


def spec(name, **more):
    return FieldSpec("", name, 0, **{"length": "10", **more})


def kinds(differences):
    return [change.kind for change in differences.changes]


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_a_catalog_does_not_differ_from_itself_nor_from_its_archived_self(seed):
    catalog = invented(seed, tables=5)
    again = unpack(pack(catalog).body)
    assert again == catalog
    assert fingerprint(again) == fingerprint(catalog)
    found = compare(catalog, again)
    assert (found.changes, found.renames) == ([], [])


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_known_edits_are_found_back_and_nothing_is_made_up(seed):
    catalog = invented(seed)
    edits = schema_edits.edited(catalog, random.Random(seed), share=0.06, rename_tables=False)
    found = compare(catalog, edits.catalog)
    removed = {c.old for c in found.changes if c.kind is DiffKind.FIELD_REMOVED}
    added = {c.place for c in found.changes if c.kind is DiffKind.FIELD_ADDED}
    renamed = {r.old: r.new for r in found.renames}
    assert not removed & set(renamed)
    assert not added & set(renamed.values())
    gone = edits.removed | set(edits.renamed) | set(edits.moved)
    told = {p for p in removed | set(renamed) if p.table not in edits.tables_removed}
    assert told == {p for p in gone if p.table not in edits.tables_removed}
    whole = {c.table for c in found.changes if c.kind is DiffKind.TABLE_REMOVED}
    assert whole == edits.tables_removed
    assert edits.altered <= {(c.old, c.kind.value) for c in found.changes if c.old}


def test_most_renames_are_found_and_few_are_made_up():
    right = wrong = missed = 0
    for seed in range(12):
        catalog = invented(seed, tables=20)
        edits = schema_edits.edited(catalog, random.Random(1000 + seed))
        found = {r.old: r.new for r in compare(catalog, edits.catalog).renames if r.old.field}
        truth = {**edits.renamed, **edits.moved}
        right += sum(truth.get(old) == new for old, new in found.items())
        wrong += sum(truth.get(old) != new for old, new in found.items())
        missed += sum(found.get(old) != new for old, new in truth.items())
    assert right / (right + wrong) > 0.93
    assert right / (right + missed) > 0.85


@pytest.mark.parametrize(
    ("was", "now", "kind", "words"),
    [
        ({"length": "10"}, {"length": "4"}, DiffKind.SHORTER, ("10", "4")),
        ({"length": "4"}, {"length": "10"}, DiffKind.LONGER, ("4", "10")),
        ({"length": "10,2"}, {"length": "11,1"}, DiffKind.LENGTH, ("10,2", "11,1")),
        ({"length": "10,2"}, {"length": "12,2"}, DiffKind.LONGER, ("10,2", "12,2")),
        ({"length": ""}, {"length": "10"}, DiffKind.LENGTH, ("", "10")),
        ({"data_type": "CHAR"}, {"data_type": "DATE"}, DiffKind.TYPE, ("CHAR(10)", "DATE(10)")),
        ({}, {"mandatory": True}, DiffKind.MANDATORY, ("optional", "mandatory")),
        ({"mandatory": True}, {}, DiffKind.OPTIONAL, ("mandatory", "optional")),
        ({}, {"key": True}, DiffKind.KEY, ("not in the key", "in the key")),
        ({"format": "DD/MM/YYYY"}, {"format": "CCYYMMDD"}, DiffKind.FORMAT, None),
        ({"code_type": "12 Sex"}, {"code_type": "13 Sex"}, DiffKind.CODE_LIST, None),
        ({"foreign_table": "A"}, {"foreign_table": "B"}, DiffKind.FOREIGN_KEY, ("A", "B")),
        ({"description": "One."}, {"description": "Two."}, DiffKind.DESCRIPTION, None),
        ({"data_element": "Sex"}, {"data_element": "Gender"}, DiffKind.DATA_ELEMENT, None),
        ({"condition": ""}, {"condition": "if dead"}, DiffKind.CONDITION, ("", "if dead")),
    ],
)
def test_each_difference_of_a_field_has_its_kind_and_says_what_was_and_is(was, now, kind, words):
    (change,) = compare(one_table(spec("A", **was)), one_table(spec("A", **now))).changes
    assert change.kind is kind
    assert change.old == change.place == FieldPlace("OPA", "A")
    if words:
        assert (change.was, change.now) == words


def test_values_of_a_code_list_are_told_as_gained_and_lost():
    old = one_table(spec("Sex", allowed_values=("M", "F", "U")))
    new = one_table(spec("Sex", allowed_values=("F", "M", "X", "N")))
    (change,) = compare(old, new).changes
    assert (change.kind, change.gained, change.lost) == (
        DiffKind.ALLOWED_VALUES,
        ("X", "N"),
        ("U",),
    )


def test_values_in_another_order_and_words_with_other_spaces_are_no_difference():
    old = one_table(
        spec("Sex", allowed_values=("M", "F"), description="One  two", data_type="char")
    )
    new = one_table(spec("Sex", allowed_values=("F", "M"), description="One two", data_type="CHAR"))
    assert compare(old, new).changes == []


def test_a_rename_is_proposed_with_what_speaks_for_it_and_what_changed_beside_it():
    old = one_table(spec("A"), spec("ClinicCode", description="Which clinic it was"), spec("B"))
    new = one_table(
        spec("A"), spec("ClinCd", length="4", description="Which clinic it was"), spec("B")
    )
    found = compare(old, new)
    (rename,) = found.renames
    assert rename.old == FieldPlace("OPA", "ClinicCode")
    assert rename.new == FieldPlace("OPA", "ClinCd")
    assert rename.state is RenameState.PROPOSED
    assert rename.confidence > 0.9
    assert {type(check.passed) for check in rename.evidence} == {bool}
    assert type(rename.confidence) is float
    evidence = {check.name: (check.passed, check.note) for check in rename.evidence}
    assert evidence["description"] == (True, "the same words")
    assert evidence["position"] == (True, "the same neighbours")
    assert kinds(found) == [DiffKind.FIELD_RENAMED, DiffKind.SHORTER]
    assert found.changes[1].old == rename.old


def test_another_field_in_the_place_of_one_that_went_is_not_its_new_name():
    old = one_table(spec("A"), spec("Religion", description="Faith as stated"), spec("B"))
    new = one_table(spec("A"), spec("BedCount", description="Beds in the ward"), spec("B"))
    assert kinds(compare(old, new)) == [DiffKind.FIELD_ADDED, DiffKind.FIELD_REMOVED]


def test_a_name_in_another_case_is_a_rename():
    found = compare(one_table(spec("ClinicCode")), one_table(spec("CLINICCODE")))
    assert kinds(found) == [DiffKind.FIELD_RENAMED]
    assert found.renames[0].confidence >= 0.8


def decision(old, new, state, *refused):
    rename = Rename(Side.SOURCE, FieldPlace("OPA", old), FieldPlace("OPA", new), 0.9, (), state)
    return RenameDecision(rename, tuple(FieldPlace("OPA", name) for name in refused))


def test_a_refused_rename_is_not_proposed_again_but_stays_in_sight():
    old, new = one_table(spec("ClinicCode")), one_table(spec("ClinicCd"))
    found = compare(
        old, new, decided=[decision("ClinicCode", "ClinicCd", RenameState.REFUSED, "ClinicCd")]
    )
    assert kinds(found) == [DiffKind.FIELD_ADDED, DiffKind.FIELD_REMOVED]
    assert [r.old.field for r in found.refused] == ["ClinicCode"]


def test_a_confirmed_rename_holds_without_evidence_and_over_several_versions():
    decided = [
        decision("Religion", "BedCount", RenameState.CONFIRMED),
        decision("BedCount", "Beds", RenameState.CONFIRMED),
    ]
    found = compare(
        one_table(spec("Religion")), one_table(spec("Beds")), decided=decided, seek_renames=False
    )
    assert kinds(found) == [DiffKind.FIELD_RENAMED]
    assert found.renames[0].old == FieldPlace("OPA", "Religion")
    assert found.renames[0].new == FieldPlace("OPA", "Beds")


def test_a_renamed_table_is_found_by_its_fields_and_links_into_it_do_not_differ():
    fields = [spec(n) for n in ("WardCode", "WardName", "Beds", "Opened")]
    ward = one_table(*fields, name="WARD")
    child = one_table(spec("WardCode", foreign_table="WARD"), name="STAY")
    renamed = one_table(*fields, name="WARDMAST")
    pointed = one_table(spec("WardCode", foreign_table="WARDMAST"), name="STAY")
    found = compare(
        Catalog(Side.SOURCE, {**ward.tables, **child.tables}),
        Catalog(Side.SOURCE, {**renamed.tables, **pointed.tables}),
    )
    assert kinds(found) == [DiffKind.TABLE_RENAMED]
    assert (found.renames[0].old, found.renames[0].new) == (
        FieldPlace("WARD"),
        FieldPlace("WARDMAST"),
    )


def test_a_field_that_went_to_another_table_is_moved_unless_its_name_is_everywhere():
    others = {
        f"T{n}": TableSpec(f"T{n}", (FieldSpec(f"T{n}", "IntPatNo", 1, length="9"),))
        for n in range(9)
    }

    def catalog(*tables):
        made = {
            t: TableSpec(t, tuple(FieldSpec(t, f, 1, length="9") for f in fs)) for t, fs in tables
        }
        return Catalog(Side.SOURCE, {**others, **made})

    found = compare(
        catalog(("A", ["Keep", "Colour", "IntPatNo"]), ("B", ["Own"])),
        catalog(("A", ["Keep"]), ("B", ["Own", "Colour", "IntPatNo"])),
    )
    assert [(r.old.words(), r.new.words()) for r in found.renames] == [("A.Colour", "B.Colour")]
    assert DiffKind.FIELD_MOVED in kinds(found)


def test_a_table_added_or_removed_says_its_fields():
    old, new = one_table(spec("A"), spec("B")), Catalog(Side.SOURCE, {})
    (gone,) = compare(old, new).changes
    (come,) = compare(new, old).changes
    assert (gone.kind, gone.was, gone.lost) == (DiffKind.TABLE_REMOVED, "2 fields", ("A", "B"))
    assert (come.kind, come.now, come.gained) == (DiffKind.TABLE_ADDED, "2 fields", ("A", "B"))


def test_fields_in_another_order_are_told_once_a_table():
    names = ["A", "B", "C", "D"]
    old = one_table(*map(spec, names))
    new = one_table(*map(spec, ["B", "C", "A", "D"]))
    (change,) = compare(old, new).changes
    assert (change.kind, change.now) == (DiffKind.ORDER, "1 field stands elsewhere")


def test_two_fields_of_one_name_do_not_break_a_comparison():
    doubled = one_table(spec("A"), spec("A", length="5"))
    assert compare(doubled, doubled).changes == []
