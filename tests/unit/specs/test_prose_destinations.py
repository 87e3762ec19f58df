"""Which column of the new system a load field ends in."""

from __future__ import annotations

import pytest

from caseload.specs.readers.prose_destinations import destination


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("Mandatory field. Loaded to PATIENT_INDEX.SURNAME.", "PATIENT_INDEX.SURNAME"),
        ("Loads into PATIENT.SEX", "PATIENT.SEX"),
        ("The value is written to the column EPR.PERSON.BIRTH_DT", "EPR.PERSON.BIRTH_DT"),
        ("Target column: PERSON.NHS_NO. Must be unique", "PERSON.NHS_NO"),
        ("Populates\nREFERRALS.PRIORITY when given", "REFERRALS.PRIORITY"),
        ("Loaded after LOAD_PMI. Foreign key to LOAD_PMI.RECORD_NUMBER", ""),
        ("Rows that fail are written to the log. See section 3.2", ""),
        ("", ""),
    ],
)
def test_a_comment_names_the_column_that_is_loaded(text: str, column: str) -> None:
    assert destination(text) == column
