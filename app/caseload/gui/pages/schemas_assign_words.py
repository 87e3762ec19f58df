"""The roles of columns in plain words: what each means and the key that gives it."""

from __future__ import annotations

from dataclasses import dataclass

from caseload.specs.readers.vocabulary import Role


@dataclass(frozen=True, slots=True)
class RoleWords:
    """A role as the menu offers it: its name, what such a column holds, its key."""

    role: str
    name: str
    holds: str
    key: str = ""


GROUPS: tuple[tuple[RoleWords, ...], ...] = (
    (
        RoleWords(Role.TABLE, "Table name", "The table that each field belongs to", "T"),
        RoleWords(Role.FIELD, "Field name", "What each field is called", "F"),
    ),
    (
        RoleWords(Role.TYPE, "Data type", "VARCHAR2, Number, Date, with or without a length", "Y"),
        RoleWords(Role.LENGTH, "Length", "How many characters or digits fit", "L"),
        RoleWords(Role.PRECISION, "Precision", "Digits of numbers, beside the length of texts"),
        RoleWords(Role.SCALE, "Decimals", "Digits after the decimal point"),
        RoleWords(Role.DESCRIPTION, "Description", "What the field means, comments", "D"),
    ),
    (
        RoleWords(Role.MANDATORY, "Mandatory", "Yes where a value must be given", "M"),
        RoleWords(Role.NULLABLE, "May be empty", "Yes where a value may be missing", "N"),
        RoleWords(Role.CONDITION, "Condition", "When a value must be given"),
        RoleWords(Role.FORMAT, "Format", "How a value is written, such as DD/MM/YYYY"),
        RoleWords(Role.VALUES, "Allowed values", "The list of values a field may hold", "V"),
        RoleWords(Role.CODE_TYPE, "Code list", "The number or name of the list of codes", "C"),
    ),
    (
        RoleWords(Role.KEY, "Primary key", "Yes where a field is part of the key", "K"),
        RoleWords(Role.UNIQUE, "Unique", "Yes where no value comes twice", "U"),
        RoleWords(Role.FOREIGN, "Foreign key", "The TABLE.FIELD that a value leads to"),
        RoleWords(Role.FOREIGN_TABLE, "Foreign table", "The table that a value leads to"),
        RoleWords(Role.FOREIGN_FIELD, "Foreign field", "The field there that a value leads to"),
        RoleWords(Role.LOADED_TO, "Loaded to", "The new system's TABLE.COLUMN that it ends in"),
    ),
    (
        RoleWords(Role.ELEMENT, "Data element", "The reference of the national data dictionary"),
        RoleWords(Role.TABLE_DESCRIPTION, "Table meaning", "What the whole table is for"),
        RoleWords(Role.POSITION, "Position", "The field's number within its table"),
        RoleWords(Role.RELEASED, "Released", "The version that brought the field", "R"),
        RoleWords(Role.DELETED, "Deleted", "Marks fields that are no longer used"),
    ),
)

BY_ROLE = {words.role: words for group in GROUPS for words in group}
BY_KEY = {words.key: words.role for words in BY_ROLE.values() if words.key}


def name_of(role: str) -> str:
    """A role's name as the window has it."""
    words = BY_ROLE.get(role)
    return words.name if words else role.capitalize()
