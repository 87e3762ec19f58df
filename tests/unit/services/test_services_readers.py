"""Columns that a document does not tell: shown, said once, remembered for its next version."""

from __future__ import annotations

import pytest
from odd_documents import HEADERS, odd_csv

from caseload.model.document_preview import DocumentGrid, DocumentPreview, GridRow
from caseload.model.errors import BadInput, Refused
from caseload.model.reader_profile import FROM_SHEET, FROM_TITLE, NO_HEADER, Assignment
from caseload.model.views import ChangeKind
from caseload.services import audit, reader_roles, readers, undo
from caseload.services.session import open_project

SAID = Assignment({"table": "Gribble", "field": "B", "type": "zorp", "length": "4"})
SHOWN = DocumentPreview(
    "odd.csv",
    "csv",
    (
        DocumentGrid(
            place="all rows", sheet="odd", page=None, alike=0, alike_places=(), titles=(),
            rows=(GridRow(1, HEADERS), GridRow(2, ("Ward", "Ward number", "kin one", "8", ""))),
            total_rows=2, columns=5, header_row=1, guesses=(), missing=("field",),
        ),
    ),
)  # fmt: skip


@pytest.fixture
def document(session):
    return odd_csv(session.folder / "odd v1.csv")


# What `--roles` says


def test_roles_are_taken_apart_whatever_stands_in_them():
    said = reader_roles.said_in(
        r'C:\docs\d.csv:table=A, field="Name, long",size=4,sheet=Columns,header=3,ignore=F'
    )
    assert said.document == r"C:\docs\d.csv"
    assert said.assignment == Assignment(
        {"table": "A", "field": "Name, long", "length": "4"}, "Columns", 3, "", ("F",)
    )


@pytest.mark.parametrize(
    ("text", "table"),
    [("table=@sheet", FROM_SHEET), ("table=@Title", FROM_TITLE), ("table-name=WARD", "WARD")],
)
def test_the_tables_name_need_not_stand_in_a_column(text, table):
    assert reader_roles.said_in(f"{text},field=A").assignment.table == table


@pytest.mark.parametrize("none", ["none", "No", "0"])
def test_a_document_may_have_no_header(none):
    assert reader_roles.said_in(f"field=A,header={none}").assignment.header_row == NO_HEADER


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nothing", "cannot be understood"),
        ("a.csv:table=A,field", "cannot be understood"),
        ("field=", "given no column"),
        ("wobble=A", "No column can be 'wobble'"),
        ("field=A,header=top", "no row number"),
    ],
)
def test_what_cannot_be_understood_is_refused_with_an_example(text, message):
    with pytest.raises(BadInput, match=message) as caught:
        reader_roles.said_in(text)
    assert caught.value.remedy


def test_an_assignment_is_said_again_in_the_same_words():
    text = 'd.csv:table=A,field="Name, long",length=4,sheet=Columns,header=3,ignore=F'
    said = reader_roles.said_in(text)
    assert reader_roles.as_option(said.document, said.assignment) == text
    given = Assignment({"field": 1}, header_row=NO_HEADER, table=FROM_SHEET)
    assert reader_roles.as_option("d.csv", given) == "d.csv:table=@sheet,field=B,header=none"


# Looking at a document


def test_a_preview_shows_columns_and_what_is_missing(session, document):
    shown = readers.preview(session, document)
    (grid,) = shown.grids
    assert grid.headers(grid.header_row) == HEADERS
    assert grid.total_rows == 17
    assert grid.rows[0].cells[0] == "Wibble register"
    assert grid.missing == ()
    assert not grid.settled
    assert {guess.role: guess.column for guess in grid.guesses} == {
        "table": 0,
        "field": 1,
        "type": 4,
    }


def test_columns_are_found_by_header_letter_number_and_index():
    said = Assignment({"table": "gribble", "field": "B", "type": "3", "length": 3})
    settled, _ = reader_roles.settled(said, SHOWN)
    assert dict(settled.roles) == {
        "table": "Gribble", "field": "Frotz", "type": "Zorp", "length": "Quux",
    }  # fmt: skip
    assert settled.header_row is None


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (Assignment({"table": "Gribble"}), "field names"),
        (Assignment({"field": "Frotz"}), "tables' names"),
        (Assignment({"table": "Gribble", "field": "Nope"}), "no column Nope"),
        (Assignment({"table": "A", "field": "Gribble"}), "cannot be both"),
        (Assignment({"table": "A", "field": "B"}, sheet="Nope"), "no sheet Nope"),
        (Assignment({"table": "A", "field": "B", "colour": "C"}), "No column can be"),
    ],
)
def test_what_does_not_fit_the_document_is_refused(said, message):
    with pytest.raises(BadInput, match=message) as caught:
        reader_roles.settled(said, SHOWN)
    assert caught.value.remedy or caught.value.where


def test_another_header_row_is_guessed_anew():
    (grid,) = SHOWN.grids
    anew = readers.under(grid, None)
    assert anew.header_row is None
    assert anew.headers(None) == ("",) * 5


# Saying it


def test_what_was_said_is_tried_and_kept(session, document):
    changes = readers.assign(session, document, SAID)
    assert "3 tables, 15 fields" in changes.message
    assert changes.touches(ChangeKind.SETTING)
    (profile,) = readers.profiles(session)
    assert (profile.name, profile.kind, profile.by) == ("odd v1", "csv", "anna")
    assert profile.headers == HEADERS
    assert profile.document == "odd v1.csv"
    line = audit.lines(session, limit=1)[0]
    assert line.words == "Said how columns are to be read: columns of odd v1.csv"


def test_saying_it_again_replaces_what_was_said(session, document):
    readers.assign(session, document, SAID)
    readers.assign(session, document, Assignment({**SAID.roles, "description": "E"}))
    (profile,) = readers.profiles(session)
    assert profile.assignment.roles["description"] == "Blurb"


def test_nothing_is_kept_that_reads_no_field(session):
    path = session.folder / "empty.csv"
    path.write_text("Gribble,Frotz,Zorp\n,,x\n,,y\n", encoding="utf-8")
    with pytest.raises(BadInput):
        readers.assign(session, path, Assignment({"table": "A", "field": "B"}))
    assert readers.profiles(session) == ()


def test_a_trial_tells_what_would_be_read(session, document):
    shown = readers.preview(session, document)
    settled, _ = reader_roles.settled(SAID, shown)
    trial = readers.attempt(session, document, settled)
    assert (trial.tables, trial.fields) == (3, 15)
    assert trial.sample[0].field == "Ward number"
    assert readers.attempt(session, document, None).refused


def test_taking_it_back_forgets_and_doing_it_again_remembers(session, document):
    readers.assign(session, document, SAID)
    before = readers.profiles(session)
    assert undo.undo_label(session) == "columns of odd v1.csv"
    undo.undo(session)
    assert readers.profiles(session) == ()
    undo.redo(session)
    assert readers.profiles(session) == before


def test_a_profile_is_renamed_and_forgotten_and_both_can_be_taken_back(session, document):
    readers.assign(session, document, SAID)
    readers.rename(session, "odd v1", "  Ward   list ")
    assert readers.profile(session, "ward list").document == "odd v1.csv"
    readers.forget(session, ["Ward list"])
    assert readers.profiles(session) == ()
    undo.undo(session)
    undo.undo(session)
    assert [p.name for p in readers.profiles(session)] == ["odd v1"]


def test_names_of_profiles_differ(session, document):
    readers.assign(session, document, SAID)
    other = odd_csv(session.folder / "beds.csv", tuple("VWXYZ"))
    readers.assign(session, other, Assignment({"table": "V", "field": "W"}))
    for name in ("beds", " "):
        with pytest.raises(BadInput, match=r"called beds|empty"):
            readers.rename(session, "odd v1", name)
    with pytest.raises(BadInput, match="No reader profile nope"):
        readers.forget(session, ["nope"])


def test_one_who_only_reads_cannot_assign(session, document):
    session.close()
    with open_project(session.folder, read_only=True, actor="anna") as looking:
        assert readers.preview(looking, document).grids
        with pytest.raises(Refused):
            readers.assign(looking, document, SAID)


# Which document is meant


def test_the_document_need_not_be_named_when_there_is_one(session, document):
    (changes,) = readers.assign_said(session, ["table=A,field=B"], [str(document)])
    assert "odd v1.csv" in changes.message
    other = odd_csv(session.folder / "beds.csv")
    with pytest.raises(BadInput, match="not said which document") as caught:
        readers.assign_said(session, ["table=A,field=B"], [str(document), str(other)])
    assert "odd v1.csv, beds.csv" in caught.value.remedy
    readers.assign_said(session, ["beds.csv:table=A,field=B"], [str(document), str(other)])


def test_a_document_that_is_nowhere_is_named(session):
    with pytest.raises(BadInput, match=r"no document nope\.csv"):
        readers.preview(session, "nope.csv")
