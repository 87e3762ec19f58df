"""The registry of quality rules: what each finds, how bad it is, and who it matters to."""

from __future__ import annotations

from dataclasses import dataclass

from caseload.model.catalog import Side
from caseload.model.issue import Issue, Severity


@dataclass(frozen=True, slots=True)
class QualityRule:
    """A declared rule.

    `sentence` is the issue's message; `{field}` and `{other}` are filled in.  `basis` names the
    NHS Data Dictionary item or the document that the rule rests on.
    """

    id: str
    category: str
    severity: Severity
    side: Side
    sentence: str
    matters_to: str
    basis: str

    def issue(
        self, table: str, field: str = "", *, record: str = "", message: str = "", rows: int = 1
    ) -> Issue:
        """A finding of this rule; the rule's own sentence is the message when none is given."""
        words = message or self.sentence
        return Issue(self.severity, self.category, words, table, field, record, self.id, rows)


def _source(
    rule_id: str, category: str, severity: Severity, sentence: str, matters_to: str, basis: str
) -> QualityRule:
    return QualityRule(rule_id, category, severity, Side.SOURCE, sentence, matters_to, basis)


def _target(
    rule_id: str, category: str, severity: Severity, sentence: str, matters_to: str, basis: str
) -> QualityRule:
    return QualityRule(rule_id, category, severity, Side.TARGET, sentence, matters_to, basis)


_E, _W, _I = Severity.ERROR, Severity.WARN, Severity.INFO
_DICTIONARY = "the source data dictionary"
_GUIDE = "the target migration guide"
_NHS_NUMBER = "NHS Data Dictionary: NHS NUMBER (modulus 11 check digit)"

RULES: dict[str, QualityRule] = {
    rule.id: rule
    for rule in (
        _source(
            "S01",
            "MISSING_TABLE",
            _E,
            "The contract reads this table and there is no file for it",
            "DM Engineer",
            "the mapping contract",
        ),
        _source(
            "S02",
            "ROW_COUNT",
            _E,
            "The table has {other}",
            "DM Engineer",
            "the run's minimum number of patients",
        ),
        _source(
            "S03",
            "UNREADABLE_ROW",
            _E,
            "Rows with the wrong number of values or undecodable characters were set aside",
            "DM Engineer",
            _DICTIONARY,
        ),
        _source(
            "S04",
            "MISSING_COLUMN",
            _W,
            "The dictionary has this column and the file does not",
            "DM Engineer",
            _DICTIONARY,
        ),
        _source(
            "S10",
            "DUPLICATE_PATIENT",
            _E,
            "Several patients share surname, forename, date of birth and postcode",
            "Clinical Reviewer",
            "NHS Data Dictionary: PERSON IDENTITY; DCB0129 hazard: split record",
        ),
        _source(
            "S11",
            "NHS_NUMBER",
            _E,
            "The NHS number fails its check digit",
            "DQ Lead",
            _NHS_NUMBER,
        ),
        _source(
            "S12",
            "NHS_NUMBER",
            _E,
            "Several patients share one NHS number",
            "Clinical Reviewer",
            "NHS Data Dictionary: NHS NUMBER",
        ),
        _source(
            "S13",
            "NHS_NUMBER",
            _I,
            "The patient has no NHS number",
            "DQ Lead",
            "NHS Data Dictionary: NHS NUMBER STATUS INDICATOR CODE",
        ),
        _source(
            "S20",
            "DATE",
            _E,
            "The value is not a date in the form that the field holds ({other})",
            "DM Engineer",
            _DICTIONARY,
        ),
        _source(
            "S21",
            "DATE",
            _E,
            "The date lies after the day of the extract",
            "DQ Lead",
            "NHS Data Dictionary: PERSON BIRTH DATE, PERSON DEATH DATE",
        ),
        _source(
            "S22",
            "DATE",
            _E,
            "{field} lies before {other}",
            "Clinical Reviewer",
            "NHS Data Dictionary: START DATE, END DATE",
        ),
        _source(
            "S30",
            "DUPLICATE_KEY",
            _E,
            "Several rows share the key {other}",
            "DM Engineer",
            _DICTIONARY,
        ),
        _source(
            "S31",
            "REFERENTIAL_INTEGRITY",
            _E,
            "The value is in no row of {other}",
            "DM Engineer",
            "the relationships of the source catalog",
        ),
        _source(
            "S40",
            "UNKNOWN_CODE",
            _E,
            "The code is not in the crosswalk {other}",
            "Data Architect",
            "the project's crosswalks",
        ),
        _source(
            "S41",
            "LENGTH",
            _W,
            "The value is longer than the {other} characters of the dictionary",
            "DM Engineer",
            _DICTIONARY,
        ),
        _source(
            "S42",
            "MANDATORY",
            _E,
            "The value is empty and {other} needs it",
            "Data Architect",
            _GUIDE,
        ),
        _source(
            "C01",
            "UNRESOLVED_MAPPING",
            _W,
            "A mandatory field gets no value and nobody has settled why: {other}",
            "Data Architect",
            _GUIDE,
        ),
        _target(
            "T01",
            "MISSING_TABLE",
            _E,
            "The guide has this table and there is no load file for it",
            "Release Manager",
            _GUIDE,
        ),
        _target("T02", "ROW_COUNT", _E, "The load file holds no rows", "Release Manager", _GUIDE),
        _target(
            "T03",
            "MISSING_COLUMN",
            _E,
            "The guide has this column and the load file does not",
            "DM Engineer",
            _GUIDE,
        ),
        _target("T10", "MANDATORY", _E, "A mandatory field is empty", "DM Engineer", _GUIDE),
        _target(
            "T11",
            "LENGTH",
            _E,
            "The value is longer than {other} characters",
            "DM Engineer",
            _GUIDE,
        ),
        _target("T12", "TYPE", _E, "The value is not a number ({other})", "DM Engineer", _GUIDE),
        _target("T13", "DATE", _E, "The value is not a date {other}", "DM Engineer", _GUIDE),
        _target(
            "T14",
            "ALLOWED_VALUES",
            _E,
            "The value is not one of {other}",
            "DM Engineer",
            _GUIDE,
        ),
        _target("T15", "DUPLICATE_KEY", _E, "Several rows share this value", "DM Engineer", _GUIDE),
        _target(
            "T16",
            "REFERENTIAL_INTEGRITY",
            _E,
            "The value is in no row of {other}",
            "Clinical Reviewer",
            _GUIDE,
        ),
        _target(
            "T17",
            "NHS_NUMBER",
            _E,
            "The NHS number fails its check digit",
            "DQ Lead",
            _NHS_NUMBER,
        ),
        _target(
            "T18",
            "UNKNOWN_CODE",
            _E,
            "The code is not a target value of the crosswalk {other}",
            "Data Architect",
            "the project's crosswalks",
        ),
        _target(
            "T19",
            "DATE",
            _E,
            "{field} lies before {other}",
            "Clinical Reviewer",
            "NHS Data Dictionary: START DATE, END DATE",
        ),
    )
}
