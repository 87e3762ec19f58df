"""The diagram behind the page: domains, places that stay, layouts, and taking it all back."""

from __future__ import annotations

import itertools

import pytest

from caseload.model.catalog import Catalog, FieldSpec, Side, TableSpec
from caseload.model.erd import (
    WHOLE_SYSTEM,
    Box,
    Density,
    Diagram,
    ErdColumn,
    ErdDomain,
    ErdTable,
    Part,
    Placement,
    Standing,
)
from caseload.model.errors import BadInput
from caseload.model.relationship import Cardinality, LinkKind, LinkState, RelationshipRow
from caseload.services import erd, erd_edits, erd_focus, erd_layout, undo
from caseload.services.erd_domains import find_domains
from caseload.services.erd_links import Tie, degrees, ties
from caseload.services.session import ProjectSession

SIDE = Side.SOURCE


def catalog(**tables: str) -> Catalog:
    """Tables by name, each with its fields in one string; "A=B" is a foreign key to table B."""
    found = {}
    for name, fields in tables.items():
        specs = []
        for place, word in enumerate(fields.split(), 1):
            field, _, parent = word.partition("=")
            specs.append(FieldSpec(name, field, place, foreign_table=parent))
        found[name] = TableSpec(name, tuple(specs))
    return Catalog(Side.SOURCE, found)


def table(name: str, domain: str = "D", columns: int = 3, *, landmark: bool = False) -> ErdTable:
    parts = (Part.KEY, Part.LINK, *[Part.FACT] * columns)
    made = tuple(ErdColumn(f"C{i}", part=parts[i]) for i in range(columns))
    return ErdTable(name, domain, made, landmark=landmark)


def system(*sizes: int) -> tuple[dict[str, ErdTable], tuple[ErdDomain, ...], list[Tie]]:
    """Domains of so many tables, each table tied to the one before it."""
    tables: dict[str, ErdTable] = {}
    domains = []
    for number, size in enumerate(sizes):
        names = [f"T{number}_{i:02}" for i in range(size)]
        for place, name in enumerate(names):
            landmark = size > 2 and place < 2
            tables[name] = table(name, f"D{number}", 2 + place % 5, landmark=landmark)
        domains.append(ErdDomain(f"D{number}", tuple(names)))
    order = list(tables)
    return tables, tuple(domains), [Tie(b, a, 0.5) for a, b in itertools.pairwise(order)]


def boxes(placement: Placement) -> list[Box]:
    return [placed.box for placed in placement.tables.values()]


def overlapping(found: list[Box]) -> int:
    return sum(one.meets(other) for one, other in itertools.combinations(found, 2))


def link(child: str, parent: str, confidence: float = 0.9) -> RelationshipRow:
    return RelationshipRow(
        f"{child}>{parent}",
        Side.SOURCE,
        child,
        ("C1",),
        parent,
        ("C0",),
        Cardinality.ONE_TO_MANY,
        LinkKind.INFERRED,
        LinkState.PROPOSED,
        confidence,
    )


# Ties


def test_a_stated_foreign_key_ties_and_so_does_a_field_called_as_another_tables_first() -> None:
    found = ties(catalog(PATIENT="PatNo Name", STAY="StayNo PatNo", LIST="ListNo Owner=PATIENT"))
    pairs = {(tie.child, tie.parent) for tie in found}
    assert pairs == {("STAY", "PATIENT"), ("LIST", "PATIENT")}
    assert degrees(found)["PATIENT"] == 2


def test_a_copy_of_a_table_does_not_own_its_first_field() -> None:
    found = ties(
        catalog(PATIENT="PatNo Name", PATIENTHIST="PatNo Seq Name Old1 Old2", STAY="StayNo PatNo")
    )
    assert ("STAY", "PATIENT") in {(tie.child, tie.parent) for tie in found}


# Domains


def test_tables_come_into_the_domains_that_their_names_speak_of() -> None:
    made = catalog(
        PATIENT="PatNo Surname Forename",
        PATIENT_ADDRESS="PatNo AddressLine1 Postcode",
        WAITING_LIST="ListNo PatNo Priority",
        WAITING_LIST_OFFER="ListNo OfferDate",
        OUTPATIENT_APPOINTMENT="ApptNo PatNo ClinicCode",
        OUTPATIENT_CLINIC="ClinicCode Name",
    )
    found = find_domains(made, ties(made))
    assert found["PATIENT_ADDRESS"] == found["PATIENT"] == "Patients"
    assert found["WAITING_LIST_OFFER"] == found["WAITING_LIST"] == "Waiting lists"
    assert found["OUTPATIENT_APPOINTMENT"] == "Outpatients"


def test_tables_that_say_nothing_form_domains_by_what_hangs_together() -> None:
    made = catalog(
        QXAB="QxNo A",
        QXCD="QxNo=QXAB B",
        QXEF="QxNo=QXAB C",
        ZWAB="ZwNo A",
        ZWCD="ZwNo=ZWAB B",
        ZWEF="ZwNo=ZWAB C",
    )
    found = find_domains(made, ties(made))
    assert found["QXAB"] == found["QXCD"] == found["QXEF"]
    assert set(found) == set(made.tables)


def test_a_domain_that_a_person_chose_is_kept() -> None:
    made = catalog(PATIENT="PatNo", PATIENT_ADDRESS="PatNo Line1")
    found = find_domains(made, ties(made), {"PATIENT": "Ours"})
    assert found["PATIENT"] == "Ours"


def test_no_tables_have_no_domains() -> None:
    assert find_domains(catalog(), []) == {}


# Layout


@pytest.mark.parametrize("density", [d for d in Density if d is not Density.FOCUS])
def test_no_table_and_no_region_stands_on_another(density: Density) -> None:
    tables, domains, tied = system(17, 9, 4, 2, 1, 23)
    places = erd_layout.arrange(tables, domains, tied, density)
    placed = erd_layout.placement(places, tables, domains, density)
    assert len(placed.tables) == len(tables)
    assert overlapping(boxes(placed)) == 0
    assert overlapping([region.box for region in placed.domains]) == 0


def test_a_layout_is_the_same_each_time() -> None:
    tables, domains, tied = system(12, 7, 5)
    first = erd_layout.arrange(tables, domains, tied, Density.KEYS)
    assert erd_layout.arrange(tables, domains, tied, Density.KEYS) == first


def test_a_new_table_comes_beside_its_own_and_moves_no_other() -> None:
    tables, domains, tied = system(8, 5)
    places = erd_layout.arrange(tables, domains, tied, Density.KEYS)
    tables["NEW"] = table("NEW", "D1")
    grown = (domains[0], ErdDomain("D1", (*domains[1].tables, "NEW")))
    tied.append(Tie("NEW", "T1_04", 1.0))
    after = erd_layout.complete(places, tables, grown, tied, Density.KEYS)
    assert {name: after[name] for name in places} == places
    placed = erd_layout.placement(after, tables, grown, Density.KEYS)
    assert overlapping(boxes(placed)) == 0
    region = next(d for d in placed.domains if d.name == "D1")
    assert region.box.with_(placed.tables["NEW"].box) == region.box


def test_a_folded_domain_shows_its_title_and_no_table() -> None:
    tables, domains, tied = system(6, 5)
    places = erd_layout.arrange(tables, domains, tied, Density.NAMES)
    placed = erd_layout.placement(places, tables, domains, Density.NAMES, ["D0"])
    region = next(d for d in placed.domains if d.name == "D0")
    assert region.folded
    assert not any(name.startswith("T0") for name in placed.tables)


def test_a_box_of_keys_has_four_rows_at_most() -> None:
    wide = ErdTable("T", "D", tuple(ErdColumn(f"K{i}", part=Part.KEY) for i in range(9)))
    assert len(wide.shown(Density.KEYS)) == 3
    assert wide.rows(Density.KEYS) == 4


def test_a_box_of_what_is_mapped_has_keys_and_used_columns() -> None:
    made = ErdTable(
        "T",
        "D",
        (
            ErdColumn("Id", part=Part.KEY),
            ErdColumn("Used", standing=Standing.DECIDED),
            ErdColumn("Rest"),
        ),
    )
    assert [c.name for c in made.shown(Density.MAPPED)] == ["Id", "Used"]


# Focus


def star() -> Diagram:
    tables = {n: table(n, "D" if n < "E" else "E") for n in "ABCDEFGH"}
    domains = (ErdDomain("D", tuple("ABCD")), ErdDomain("E", tuple("EFGH")))
    links = (link("B", "A"), link("C", "B"), link("E", "A"), link("F", "C"))
    return Diagram(Side.SOURCE, tables, domains, links)


def test_focus_shows_neighbours_by_hops() -> None:
    one = erd_focus.near(star(), "A", 1)
    two = erd_focus.near(star(), "A", 2)
    assert set(one) == {"A", "B", "E"}
    assert set(two) == {"A", "B", "E", "C"}


def test_focus_dims_the_rest_and_folds_domains_without_a_link() -> None:
    made = star()
    apart = Diagram(
        Side.SOURCE,
        {**made.tables, "Z": table("Z", "Z")},
        (*made.domains, ErdDomain("Z", ("Z",))),
        made.relationships,
    )
    placed = erd_focus.focused(apart, "A", 1)
    assert placed.focus == "A"
    assert placed.tables["A"].density is Density.FOCUS
    assert not placed.tables["B"].dimmed
    assert placed.tables["C"].dimmed
    assert next(d for d in placed.domains if d.name == "Z").folded
    assert overlapping(boxes(placed)) == 0


# The services


def some_table(session: ProjectSession) -> str:
    return next(iter(erd.diagram(session, SIDE, linked=False).tables))


def test_every_table_is_in_a_domain_and_counts_add_up(session: ProjectSession) -> None:
    shown = erd.diagram(session, SIDE)
    assert sorted(t for d in shown.domains for t in d.tables) == sorted(shown.tables)
    for each in shown.tables.values():
        assert each.approved + each.decided + each.unused == len(each.columns)
    assert shown.fields == sum(d.fields for d in shown.domains)


def test_a_moved_table_stays_until_it_is_taken_back(session: ProjectSession) -> None:
    name = some_table(session)
    before = erd.placement(session, SIDE, density=Density.KEYS).tables[name].box
    erd_edits.move_tables(session, SIDE, WHOLE_SYSTEM, Density.KEYS, {name: (4321.0, 77.0)})
    moved = erd.placement(session, SIDE, density=Density.KEYS).tables[name].box
    assert (moved.x, moved.y) == (4321.0, 77.0)
    assert undo.undo_label(session) == "move 1 table"
    undo.undo(session)
    assert erd.placement(session, SIDE, density=Density.KEYS).tables[name].box == before
    undo.redo(session)
    again = erd.placement(session, SIDE, density=Density.KEYS).tables[name].box
    assert again == moved


def test_moving_one_table_moves_no_other(session: ProjectSession) -> None:
    name = some_table(session)
    before = erd.placement(session, SIDE).tables
    erd_edits.move_tables(session, SIDE, WHOLE_SYSTEM, Density.KEYS, {name: (9000.0, 0.0)})
    after = erd.placement(session, SIDE).tables
    assert {n: p for n, p in after.items() if n != name} == {
        n: p for n, p in before.items() if n != name
    }


def test_layouts_have_names_and_can_be_renamed_and_deleted(session: ProjectSession) -> None:
    erd.placement(session, SIDE)
    erd_edits.save_layout(session, SIDE, " Ward  round ", WHOLE_SYSTEM)
    assert [x.name for x in erd.layouts(session, SIDE)] == [WHOLE_SYSTEM, "Ward round"]
    erd_edits.rename_layout(session, SIDE, "Ward round", "Rounds")
    erd_edits.delete_layout(session, SIDE, "Rounds")
    assert [x.name for x in erd.layouts(session, SIDE)] == [WHOLE_SYSTEM]
    undo.undo(session)
    assert [x.name for x in erd.layouts(session, SIDE)] == [WHOLE_SYSTEM, "Rounds"]


@pytest.mark.parametrize("name", ["", "   ", "\n", "whole SYSTEM", "x" * 61])
def test_a_layout_is_not_saved_under_a_name_that_will_not_do(
    session: ProjectSession, name: str
) -> None:
    with pytest.raises(BadInput):
        erd_edits.save_layout(session, SIDE, name, WHOLE_SYSTEM)


def test_the_whole_system_is_always_there(session: ProjectSession) -> None:
    with pytest.raises(BadInput, match="cannot be renamed or deleted"):
        erd_edits.delete_layout(session, SIDE, WHOLE_SYSTEM)


def test_a_reset_layout_forgets_what_was_moved(session: ProjectSession) -> None:
    name = some_table(session)
    before = erd.placement(session, SIDE).tables[name]
    erd_edits.move_tables(session, SIDE, WHOLE_SYSTEM, Density.KEYS, {name: (9000.0, 0.0)})
    erd_edits.reset_layout(session, SIDE, WHOLE_SYSTEM)
    assert erd.placement(session, SIDE).tables[name] == before


def test_a_domain_is_renamed_and_back(session: ProjectSession) -> None:
    domain = erd.diagram(session, SIDE).domains[0]
    erd_edits.rename_domain(session, SIDE, domain.name, "Ours")
    names = {d.name: d.tables for d in erd.diagram(session, SIDE).domains}
    assert names["Ours"] == domain.tables
    undo.undo(session)
    again = {d.name: d.tables for d in erd.diagram(session, SIDE).domains}
    assert again[domain.name] == domain.tables


def test_a_table_moves_to_a_domain_of_its_own(session: ProjectSession) -> None:
    name = some_table(session)
    erd_edits.move_to_domain(session, SIDE, [name], "Apart")
    shown = erd.diagram(session, SIDE)
    assert shown.tables[name].domain == "Apart"
    placed = erd.placement(session, SIDE)
    assert overlapping(boxes(placed)) == 0
    undo.undo(session)
    assert erd.diagram(session, SIDE).tables[name].domain != "Apart"


def test_merged_domains_are_one(session: ProjectSession) -> None:
    name = some_table(session)
    home = erd.diagram(session, SIDE).tables[name].domain
    erd_edits.move_to_domain(session, SIDE, [name], "Apart")
    others = [d.name for d in erd.diagram(session, SIDE).domains if d.name != "Apart"]
    into = others[0] if others else home
    if others:
        erd_edits.merge_domains(session, SIDE, "Apart", into)
        shown = erd.diagram(session, SIDE)
        assert "Apart" not in {d.name for d in shown.domains}
        assert shown.tables[name].domain == into
    placed = erd.placement(session, SIDE)
    assert overlapping([d.box for d in placed.domains]) == 0


def test_nothing_is_merged_into_itself_or_into_what_is_not_there(session: ProjectSession) -> None:
    name = erd.diagram(session, SIDE).domains[0].name
    with pytest.raises(BadInput):
        erd_edits.merge_domains(session, SIDE, name, name)
    with pytest.raises(BadInput):
        erd_edits.merge_domains(session, SIDE, name, "nowhere")


def test_a_table_that_is_not_there_is_not_moved(session: ProjectSession) -> None:
    with pytest.raises(BadInput, match="no table"):
        erd_edits.move_tables(session, SIDE, WHOLE_SYSTEM, Density.KEYS, {"NOPE": (0.0, 0.0)})


def test_folded_domains_are_remembered(session: ProjectSession) -> None:
    name = erd.diagram(session, SIDE).domains[0].name
    erd.fold(session, SIDE, WHOLE_SYSTEM, [name])
    placed = erd.placement(session, SIDE)
    assert [d.name for d in placed.domains if d.folded] == [name]


def test_every_change_is_in_the_audit(session: ProjectSession) -> None:
    name = some_table(session)
    erd_edits.move_tables(session, SIDE, WHOLE_SYSTEM, Density.KEYS, {name: (1.0, 2.0)})
    erd_edits.move_to_domain(session, SIDE, [name], "Apart")
    actions = [line.action for line in session.project.audit.lines(action="erd.")]
    assert actions[:2] == ["erd.domain", "erd.move"]
