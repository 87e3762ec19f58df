"""Which side a document describes is told by what it says, and what it replaces by its name."""

from __future__ import annotations

import pytest
from small_project import GUIDE

from caseload.lifecycle.documents import take_specs
from caseload.model.catalog import Provenance, ReadProblem, Side
from caseload.model.errors import BadInput
from caseload.model.schema_views import IntakeGuess, ProblemRow
from caseload.services import intake, schema_suggest

DICTIONARY = "Table,Column,Size,Data element,Released at\nPATDATA,PtSex,1,A1,14.1\n"
GUIDE_TEXT = (
    "Data migration guide,,,\nTable,Field,Type,Comments\n"
    "LOAD_PMI,SEX,VARCHAR2(1),Mandatory field. Maps to code type 12\n"
)


@pytest.fixture
def write(tmp_path):
    def make(name, text):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / name

    return make


def test_a_document_is_told_by_its_words_not_by_its_ending(session, write):
    source = intake.guess(session, write("a.csv", DICTIONARY))
    target = intake.guess(session, write("b.csv", GUIDE_TEXT))
    assert (source.side, source.why) == (Side.SOURCE, "lists data elements")
    assert (target.side, target.why) == (Side.TARGET, "speaks of a migration guide")


def test_another_version_of_a_document_goes_where_that_one_was(session, write):
    old = write("Dictionary_v1.2.csv", DICTIONARY)
    take_specs(session.project, Side.SOURCE, [str(old)], by="anna", at=session.clock())
    found = intake.guess(session, write("dictionary v2.0 final.csv", GUIDE_TEXT))
    assert (found.side, found.replaces) == (Side.SOURCE, "Dictionary_v1.2.csv")
    other = intake.guess(session, write("Order guide.csv", GUIDE_TEXT))
    assert (other.side, other.replaces) == (Side.TARGET, "")


def test_what_replaces_takes_a_place_and_what_is_new_comes_beside(session, write):
    for name in ("one.csv", "two.csv"):
        write(name, DICTIONARY)
    names = [str(write(name, DICTIONARY)) for name in ("one.csv", "two.csv")]
    take_specs(session.project, Side.SOURCE, names, by="anna", at=session.clock())
    fresh = IntakeGuess("/new/three.csv", "three.csv", 9, Side.SOURCE, "", "one.csv")
    found = intake.files_to_read(session, [fresh])
    assert found == {Side.SOURCE: ("requirement_spec/two.csv", "/new/three.csv")}


def test_what_cannot_be_read_is_refused_with_the_reason(session, write, tmp_path):
    with pytest.raises(BadInput, match="no such document"):
        intake.guess(session, tmp_path / "gone.csv")
    with pytest.raises(BadInput):
        intake.guess(session, write("broken.pdf", "%PDF-1.7 but nothing more"))


def test_a_row_that_was_not_read_suggests_the_field_it_holds(session, write):
    place = Provenance(GUIDE, page=2, box=(54.0, 165.0, 540.0, 175.0))
    said = 'A row of LOAD_PMI is none: "VARCHAR2 30 HOME_TITLE as printed"'
    row = ProblemRow("k", "Worth a look", ReadProblem(said, place), "LOAD_PMI")
    found = schema_suggest.field_at(session, Side.TARGET, row)
    assert (found.field_name, found.data_type, found.length) == ("HOME_TITLE", "VARCHAR2", "30")
    assert found.position == 4


def test_a_row_of_a_sheet_suggests_from_its_own_cells(session, write):
    path = write("d.csv", "Table,Column,Type\nPATDATA,PtShoeSize,CHAR(2)\n")
    take_specs(session.project, Side.SOURCE, [str(path)], by="anna", at=session.clock())
    problem = ReadProblem("A row has no field name", Provenance("d.csv", row=2))
    row = ProblemRow("k", "Rows that are no field", problem, "PATDATA")
    found = schema_suggest.field_at(session, Side.SOURCE, row)
    assert (found.field_name, found.data_type, found.length) == ("PtShoeSize", "CHAR", "2")
