"""Links are shown with what people said about them; what they said can be taken back."""

from __future__ import annotations

import dataclasses
from contextlib import contextmanager
from pathlib import Path

import openpyxl
import pytest
from small_project import source_catalog

from caseload.lifecycle.links import link_inputs
from caseload.model.catalog import FieldSpec, Side, TableSpec
from caseload.model.errors import BadInput, Cancelled, Refused
from caseload.model.progress import CancelToken, SilentProgress
from caseload.model.relationship import Cardinality, LinkKind, LinkState, link_id
from caseload.model.views import ChangeKind
from caseload.services import relationship_list, undo
from caseload.services import relationships as links
from caseload.services.relationship_list import LinkFilter
from caseload.services.session import open_project

PATIENT = "source:OPA.IntPatNo>PATDATA.IntPatNo"


def ids(session, **more):
    return [row.id for row in links.relationships(session, Side.SOURCE, **more)]


def row_of(session, name):
    rows = links.relationships(session, Side.SOURCE, include_rejected=True)
    return next(row for row in rows if row.id == name)


@contextmanager
def read_again(session, catalog):
    """What another session sees once a document was read again."""
    with session.project.command("anna", "test.read", at=session.clock()):
        session.project.catalogs.replace(catalog)
    with open_project(session.folder, read_only=True, actor="bert") as other:
        yield other


def measure(session, **more):
    return links.measure(session, Side.SOURCE, SilentProgress(), CancelToken(), **more)


def rows(session, name, *lines, folder="mock_data/source"):
    path = session.folder / folder / f"{name}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def patients(session, count=60, strangers=0):
    header = "IntPatNo,PtSex,PtSurname,PtPrevSurname,PtDoB"
    rows(session, "PATDATA", header, *(f"P{n:04},F,HILL,,01/01/1950" for n in range(count)))
    visits = [f"P{n:04},C1" for n in range(count - strangers)]
    rows(session, "OPA", "IntPatNo,ClinicCode", *visits, *(f"X{n:04},C1" for n in range(strangers)))


def test_a_proposed_link_has_evidence_and_nobody_behind_it(session):
    row = row_of(session, PATIENT)
    assert (row.kind, row.state, row.by) == (LinkKind.INFERRED, LinkState.PROPOSED, "")
    assert row.evidence
    assert row.id == link_id(Side.SOURCE, "OPA", ("IntPatNo",), "PATDATA", ("IntPatNo",))


def test_a_confirmed_link_is_sure_and_says_who_and_why(session):
    done = links.confirm(session, [PATIENT], " seen in the database ")
    assert done.touches(ChangeKind.CATALOG)
    row = row_of(session, PATIENT)
    assert (row.state, row.confidence, row.by) == (LinkState.CONFIRMED, 1.0, "anna")
    assert (row.why, row.at[:4], row.kind) == ("seen in the database", "2026", LinkKind.INFERRED)


def test_a_rejected_link_is_not_proposed_again_also_after_reading_again(session):
    links.reject(session, [PATIENT], "numbers of another system")
    assert PATIENT not in ids(session)
    assert row_of(session, PATIENT).state is LinkState.REJECTED
    with read_again(session, source_catalog()) as other:
        assert PATIENT not in ids(other)
        assert row_of(other, PATIENT).why == "numbers of another system"


def test_a_link_is_drawn_by_hand_and_withdrawn(session):
    done = links.draw(
        session, Side.SOURCE, "opa", ["cliniccode"], "PATDATA", ["PtSex"], "0..1:n", "odd, but so"
    )
    (name,) = done.changes[0][1]
    row = row_of(session, name)
    assert name == "source:OPA.ClinicCode>PATDATA.PtSex"
    assert (row.kind, row.state) == (LinkKind.DRAWN, LinkState.CONFIRMED)
    assert row.cardinality is Cardinality.OPTIONAL_TO_MANY
    links.withdraw(session, [name])
    assert name not in ids(session, include_rejected=True)


def test_drawing_what_is_proposed_confirms_it_whatever_the_order_of_fields(session):
    links.draw(session, Side.SOURCE, "OPA", ["IntPatNo"], "PATDATA", ["IntPatNo"], "1:1")
    row = row_of(session, PATIENT)
    assert (row.kind, row.state) == (LinkKind.INFERRED, LinkState.CONFIRMED)
    assert row.cardinality is Cardinality.ONE_TO_ONE
    both = (["IntPatNo", "ClinicCode"], ["IntPatNo", "PtSex"])
    turned = (both[0][::-1], both[1][::-1])
    for own, other in (both, turned):
        done = links.draw(session, Side.SOURCE, "OPA", own, "PATDATA", other)
    assert done.changes[0][1] == ("source:OPA.IntPatNo+ClinicCode>PATDATA.IntPatNo+PtSex",)


def test_every_decision_can_be_undone_and_done_again(session):
    before = row_of(session, PATIENT)
    links.reject(session, [PATIENT], "no")
    assert undo.undo_label(session) == "reject 1 relationship"
    assert undo.undo(session).touches(ChangeKind.CATALOG)
    assert row_of(session, PATIENT) == before
    undo.redo(session)
    assert PATIENT not in ids(session)
    links.withdraw(session, [PATIENT])
    undo.undo(session)
    assert PATIENT not in ids(session)


def test_undo_leaves_what_somebody_decided_since(session):
    links.reject(session, [PATIENT], "no")
    decision = session.project.relationships.decisions()[0]
    with session.project.command("bert", "test.decide", at=session.clock()):
        session.project.relationships.decide(
            dataclasses.replace(decision, state="confirmed", by="bert")
        )
    undo.undo(session)
    assert [d.by for d in session.project.relationships.decisions()] == ["bert"]


def test_stages_are_told_what_holds_but_not_who_said_so(session):
    links.reject(session, [PATIENT], "no")
    (told,) = link_inputs(session.project)
    assert (told["child"], told["parent"], told["state"]) == ("OPA", "PATDATA", "rejected")
    assert not {"by", "why", "at"} & set(told)


def test_a_decision_about_a_field_that_is_gone_waits_for_it(session):
    links.confirm(session, [PATIENT])
    catalog = source_catalog()
    kept = tuple(f for f in catalog.tables["OPA"].fields if f.field_name != "IntPatNo")
    catalog.tables["OPA"] = TableSpec("OPA", kept)
    with read_again(session, catalog) as other:
        row = row_of(other, PATIENT)
    assert row.confidence == 0.0
    assert row.evidence[-1].name == "fields"
    assert not row.evidence[-1].passed


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        (("NOWHERE", ["X"], "PATDATA", ["PtSex"]), "no table NOWHERE"),
        (("OPA", ["X"], "PATDATA", ["PtSex"]), "no field OPA.X"),
        (("OPA", [], "PATDATA", []), "No field of OPA"),
        (("OPA", ["IntPatNo"], "PATDATA", ["IntPatNo", "PtSex"]), "cannot point at 2"),
        (("OPA", ["IntPatNo"], "OPA", ["IntPatNo"]), "cannot point at itself"),
    ],
)
def test_a_link_that_cannot_be_is_refused_with_the_reason(session, ends, said):
    with pytest.raises(BadInput, match=said):
        links.draw(session, Side.SOURCE, *ends)
    with pytest.raises(BadInput, match="no cardinality n:m"):
        links.draw(session, Side.SOURCE, "OPA", ["IntPatNo"], "PATDATA", ["PtSex"], "n:m")
    assert not session.project.relationships.decisions()


def test_what_is_not_there_can_be_neither_judged_nor_withdrawn(session):
    for judge in (links.confirm, links.reject):
        with pytest.raises(BadInput, match="There is no relationship"):
            judge(session, ["source:A.b>C.d"])
    with pytest.raises(BadInput, match="Nobody has decided"):
        links.withdraw(session, [PATIENT])
    with pytest.raises(BadInput, match="No relationship was chosen"):
        links.reject(session, [])


def test_what_was_worked_out_is_kept_until_something_is_decided(session):
    first = links.relationships(session, Side.SOURCE)
    again = links.relationships(session, Side.SOURCE)
    assert all(one is other for one, other in zip(first, again, strict=True))
    links.confirm(session, [PATIENT])
    assert links.relationships(session, Side.SOURCE) != first


# --- measured ----------------------------------------------------------------------------


def test_rows_that_agree_make_a_link_surer_and_say_its_cardinality(session):
    patients(session)
    before = row_of(session, PATIENT).confidence
    done = measure(session)
    assert "measured on 2 tables" in done.message
    row = row_of(session, PATIENT)
    seen = {e.name: e for e in row.evidence}
    assert row.confidence > before
    assert row.cardinality is Cardinality.ONE_TO_ONE
    assert seen["values included"].note.startswith("100.0% of 60 values")
    assert all(seen[name].passed for name in ("values included", "parent unique", "orphans"))
    assert not list((session.folder / "data").glob("measure_*"))


def test_rows_that_contradict_make_a_link_doubtful_but_do_not_hide_it(session):
    patients(session, strangers=50)
    measure(session)
    row = row_of(session, PATIENT)
    assert row.confidence < 0.5
    against = {e.name: e.note for e in row.evidence if not e.passed}
    assert against["orphans"] == "50 of 60 rows without a parent"
    links.confirm(session, [PATIENT])
    assert row_of(session, PATIENT).confidence == 1.0


def test_a_link_that_only_values_tell_is_found_and_no_value_is_kept(session):
    patients(session)
    catalog = source_catalog()
    names = ("LetterNo", "Addressee", "Kind")
    catalog.tables["LETTERS"] = TableSpec(
        "LETTERS", tuple(FieldSpec("LETTERS", n, i, length="10") for i, n in enumerate(names, 1))
    )
    with session.project.command("anna", "test.read", at=session.clock()):
        session.project.catalogs.replace(catalog)
    rows(session, "LETTERS", ",".join(names), *(f"{n},P{n:04},A" for n in range(40)))
    found = "source:LETTERS.Addressee>PATDATA.IntPatNo"
    assert found not in ids(session)
    assert "1 found in the data alone" in measure(session).message
    row = row_of(session, found)
    assert row.kind is LinkKind.INFERRED
    assert "values" in {e.name for e in row.evidence}
    kept = [m.body for m in session.project.relationships.measures(Side.SOURCE)]
    assert "P0001" not in str(kept)
    links.reject(session, [found])
    measure(session)
    assert found not in ids(session)


def test_measures_are_of_the_rows_that_were_measured(session):
    patients(session)
    measure(session)
    (first,) = {m.data for m in session.project.relationships.measures(Side.SOURCE)}
    patients(session, count=70)
    measure(session)
    (second,) = {m.data for m in session.project.relationships.measures(Side.SOURCE)}
    assert first != second


def test_without_rows_the_remedy_is_named_and_a_cancel_keeps_nothing(session, tmp_path):
    with pytest.raises(BadInput, match="no source rows") as refusal:
        measure(session, folder=tmp_path / "nowhere")
    assert "generate-mock-data" in refusal.value.remedy
    patients(session)
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        links.measure(session, Side.SOURCE, SilentProgress(), token)
    assert session.project.relationships.measures(Side.SOURCE) == []
    assert not list((session.folder / "data").glob("measure_*"))


def test_an_unreadable_file_is_left_out_and_said(session):
    patients(session)
    (session.folder / "mock_data/source/PATDATA.csv").write_bytes(b"")
    said = []

    class Log(SilentProgress):
        def log(self, message, *, level="info", table=""):
            said.append((level, table))

    links.measure(session, Side.SOURCE, Log(), CancelToken())
    assert said == [("warning", "PATDATA")]


# --- listed ------------------------------------------------------------------------------


def test_links_are_listed_by_table_state_kind_and_confidence(session):
    def listed(**wanted):
        return [r.id for r in relationship_list.selected(session, LinkFilter(**wanted))]

    assert listed(table="opa") == [PATIENT]
    assert listed(side=Side.TARGET) == []
    assert listed(below=0.1) == []
    assert listed(kind=LinkKind.DRAWN) == []
    links.reject(session, [PATIENT])
    assert listed() == []
    assert listed(state=LinkState.REJECTED) == [PATIENT]
    with pytest.raises(BadInput, match="no table NOWHERE"):
        listed(table="NOWHERE")


def test_links_are_named_by_id_with_or_without_side_or_by_their_fields(session):
    for name in (PATIENT, PATIENT[7:], "opa.intpatno -> patdata.IntPatNo", "OPA.IntPatNo"):
        assert [r.id for r in relationship_list.named(session, [name])] == [PATIENT]
    with pytest.raises(BadInput, match="no relationship OPA"):
        relationship_list.named(session, ["OPA"])
    links.draw(session, Side.SOURCE, "OPA", ["IntPatNo"], "PATDATA", ["PtSex"])
    with pytest.raises(BadInput, match="may be 2 relationships"):
        relationship_list.named(session, ["OPA.IntPatNo"])


def test_the_list_is_written_to_excel_with_reasons_for_and_against(session, tmp_path):
    links.confirm(session, [PATIENT], "=HYPERLINK(1)")
    done = relationship_list.export(session, LinkFilter(), Path("links.xlsx"))
    assert done.message == "1 relationship written to links.xlsx"
    sheet = openpyxl.load_workbook(session.folder / "links.xlsx").active
    header, line = ([cell.value for cell in row] for row in sheet.iter_rows())
    values = dict(zip(header, line, strict=True))
    assert (values["Id"], values["State"]) == (PATIENT, "confirmed")
    assert "parent's key" in values["For"]
    assert sheet.cell(2, header.index("Why") + 1).data_type == "s"
    with pytest.raises(BadInput, match="Excel file"):
        relationship_list.export(session, LinkFilter(), Path("links.csv"))


def test_who_may_not_correct_the_catalog_may_not_judge_links(session):
    with session.project.command("anna", "test.role", at=session.clock()):
        session.project.people.add("anna", role="READER", at=session.clock())
    with pytest.raises(Refused):
        links.reject(session, [PATIENT])
    with pytest.raises(Refused):
        measure(session)


def test_names_that_hold_marks_give_links_of_their_own():
    plain = link_id(Side.SOURCE, "A", ("b", "c"), "D", ("e", "f"))
    marked = link_id(Side.SOURCE, "A", ("b+c",), "D", ("e+f",))
    dotted = link_id(Side.SOURCE, "A.b", ("c>d",), "D", ("e%",))
    assert len({plain, marked, dotted}) == 3
    assert dotted.count(">") == 1
