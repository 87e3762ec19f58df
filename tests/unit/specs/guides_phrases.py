"""The words in which guides state one and the same fact; every third wording is kept back.

A wording kept back stands only in the layouts kept back, so that the figures on those tell how
wordings are read that nobody tuned for.
"""

from __future__ import annotations

from collections.abc import Callable

Pick = Callable[[tuple[str, ...]], str]
"""Draws one wording of a bank."""

MANDATORY = (
    "Mandatory field",
    "Mandatory",
    "This is a mandatory field",
    "This field is mandatory",
    "Required field",
    "Must always be populated",
    "Mandatory field - must not be null",
    "Compulsory",
    "Cannot be null",
    "Must be supplied",
    "Always required",
    "Field is mandatory",
    "Mandatory for all records",
    "MANDATORY",
    "(Mandatory)",
)
OPTIONAL = (
    "Optional",
    "Not mandatory",
    "May be left blank",
    "Optional field",
    "This field is not mandatory",
    "Not a mandatory field",
)
CONDITIONAL = (
    "Mandatory when {other} is given",
    "Mandatory if {other} = Y",
    "Only required where {other} is populated",
    "Required if {other} is populated",
    "Must be populated unless {other} is set",
    "Conditional: required when {other} is given",
    "Mandatory unless {other} is supplied",
    "If {other} is supplied then this field is mandatory",
    "Mandatory for records with {other} = 1",
    "Conditionally mandatory: must be given when {other} is Y",
    "Mandatory field if {other} is populated",
    "Mandatory where a value is given in {other}",
)
FOREIGN = (
    "Foreign key to {table}.{field}",
    "FK to {table}.{field}",
    "Foreign key to the {table} table ({field})",
    "Foreign key: {table}.{field}",
    "References {table}.{field}",
    "Must match an existing {field} in {table}",
    "Foreign key to {field} in {table}",
    "References {table} ({field})",
    "Joins to {table}.{field}",
    "Must exist in {table}.{field}",
    "Links to {table}.{field}",
    "(FK {table}.{field})",
    "Foreign key to the {field} of {table}",
    "Refers to {table}.{field}",
    "Must already have been loaded in {table}.{field}",
    "This field is a foreign key to {table}.{field}",
    "Must be a valid {field} in {table}",
    "Foreign key linking to {table}.{field}",
    "Must match {table}.{field}",
    "Value must exist in the {field} column of {table}",
    "Look up to {table}.{field}",
    "Foreign key to field {field} of table {table}",
    "Foreign key to {table}, field {field}",
    "Parent record: {table}.{field}",
)
CODE = (
    'Maps to: code type {number} "{title}"',
    'Maps to code type {number} "{title}"',
    'Validated against code type {number} "{title}"',
    "Code type {number} ({title})",
    "Mapped through code type {number} \u2013 {title}",
    "Code list {number}: {title}",
    'Must be a valid code from code type {number} "{title}"',
    "Maps to: code type {number} \u201c{title}\u201d",
    'Refer to code type no. {number} "{title}"',
    "Code type: {number} ({title})",
    'Uses code type {number} "{title}"',
    "Maps to: CODE TYPE {number} '{title}'",
    'Maps to: code type {number}, "{title}"',
    'Maps to: code type {number} - "{title}"',
    'See code type {number} "{title}" for valid codes',
)
FORMAT = (
    "Must be in format: {mask}",
    "Format: {mask}",
    "Formatted as {mask}",
    "Must be in the format {mask}",
    "Date format {mask}",
    "Format must be {mask}",
    "{mask}",
    "Must be supplied as {mask}",
    "Expected format is {mask}",
    'Must be in format "{mask}"',
    "In the format {mask}",
    "Must be in the following format: {mask}",
)
MASKS = (
    "DD/MM/YYYY",
    "DD/MM/YYYY [HH24:MI]",
    "DD-MM-YYYY",
    "DD/MM/YYYY HH24:MI",
    "DD-MON-YYYY",
    "YYYY-MM-DD HH24:MI:SS",
    "YYYYMMDD",
    "HH24:MI",
    "DD/MM/CCYY",
    "DD/MM/YYYY HH24:MI:SS",
    "CCYYMMDD",
    "DD/MM/YYYY [HH24:MI:SS]",
)
VALUES_TWO = (
    "Only two accepted values: {a} or {b}",
    "Accepted values are {a} and {b}",
    "Set to {a} or {b}",
    "Must be {a} or {b}",
    "Valid values: {a}, {b}",
    "Only {a} or {b} accepted",
    "Only two accepted values: '{a}' or '{b}'",
    "{a} or {b}",
    "Should be either {a} or {b}",
    "Only two accepted values - {a} or {b}",
    "Either {a} or {b}",
    "Must be either '{a}' or '{b}'",
    "Only two accepted values: {a} (first) or {b} (second)",
    "Allowed values: {a} = first, {b} = second",
    "Possible values are {a} (first) and {b} (second)",
)
VALUES_MORE = (
    "Accepted values: {a}, {b} or {c}",
    "Only three accepted values: {a}, {b} or {c}",
    "Must be one of {a}, {b} or {c}",
    "Valid values are {a}, {b}, {c}",
    "Accepted values: {a} = first, {b} = second, {c} = third",
    "Permitted values \u2013 {a}, {b}, {c}",
    "One of: {a}, {b}, {c}",
    "Only accepted values are {a}, {b} and {c}",
    "Possible values: {a} (first), {b} (second), {c} (third)",
)
VALUE_SETS = (
    ("Y", "N"),
    ("A", "B", "C"),
    ("0", "1"),
    ("1", "2", "3"),
    ("IN", "OUT", "DAY"),
    ("L", "R"),
    ("NHS", "PRIVATE"),
    ("M", "F", "U"),
)
UPPER = (
    "Uppercase",
    "Must be uppercase",
    "All uppercase",
    "Upper case",
    "Must be in upper case",
    "Must be entered in UPPERCASE",
    "Uppercase only",
    "Always upper case",
    "Upper-case characters only",
)
UNIQUE = (
    "Unique key",
    "Must be unique within the file",
    "Unique identifier",
    "Primary key",
    "Must be unique",
    "Primary key of this table",
)
NOISE = (
    "As held in the previous system on the day of the extract",
    "The name by which it is known to the local administrator",
    (
        "Shown on the summary page beside the name of the patient, and printed on letters; the "
        "local administrator can hide it for all users who have no need of it"
    ),
    "Required for the national returns",
    "Leave empty when it is not known",
    "Values are checked against the list in appendix A",
    "If no value is given the system will default this to the value of the parent",
    "Must not be later than the end of the stay, e.g. 12/03/2010",
    "See the notes on mandatory fields in chapter 2",
    "Used by the reports. Must be greater than zero",
    "The user who entered the record in the previous system; see LOAD_USERS for how they are made",
    "Date and time at which the record was made",
    "This will be shown as is",
    "The site (or the place) at which it was held - not the place of the referral",
    "Free text. Line feeds are not permitted",
    "Maximum of 3 per record",
    "In minutes",
)
ABOUT = (
    "Purpose: This file holds one row for each {thing} of a patient.",
    "This table is used to load the {thing} of every patient in the previous system.",
    "Holds the {thing} records, one a line, as they stood on the day of the extract.",
)
LOADING = (
    "How loaded: Rows are loaded after their parents. Rows which fail are written to the log.",
    "Creates: one record in the {thing} register and one in its history.",
    "Load method: insert only. An existing {thing} is never changed by the load.",
)
NARRATIVE = (
    (
        "The previous chapter described the load of the parents. The fields below are validated "
        "before the load, and a row that fails is written to the log with its RECORD_NUMBER."
    ),
    (
        "Every file carries SYSTEM_CODE and RECORD_NUMBER. RECORD_NUMBER is a NUMBER of 10 digits, "
        "and must be unique within the file."
    ),
    (
        "Note that DATE fields without a time are taken to be midnight, and that VARCHAR2 fields "
        "longer than their length are rejected."
    ),
    "The data type, length, name and comments of each field are listed in the tables below.",
    "See LOAD_USERS for the users who are allowed to load data. Mandatory fields must be given.",
)


def kept(bank: tuple[str, ...], *, unseen: bool) -> tuple[str, ...]:
    """The wordings for tuning: two of three; with `unseen` only those never tuned for."""
    return tuple(text for index, text in enumerate(bank) if (index % 3 == 2) == unseen)
