"""The three kinds of trouble, told apart where they arise.

`BadInput` and `Refused` are the person's, `EnvironmentTrouble` is the machine's, anything
else is a defect of Caseload's own.  Each carries what, where and what to do, and the exit
code of the command line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class CaseloadError(Exception):
    """An error with a message fit for a person: what happened, where, and what to do.

    Never put an identifiable patient value into any of the three.
    """

    exit_code = 70

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        self.what = what
        self.where = where
        self.remedy = remedy
        super().__init__(what)

    def __str__(self) -> str:
        text = self.what
        if self.where:
            text = f"{text} ({self.where})"
        if self.remedy:
            text = f"{text}. {self.remedy}" if not text.endswith(".") else f"{text} {self.remedy}"
        return text

    def as_dict(self) -> dict[str, object]:
        """The error as one JSON object for `--json` and for a child process's answer."""
        return {
            "error": type(self).__name__,
            "what": self.what,
            "where": self.where,
            "remedy": self.remedy,
            "exit_code": self.exit_code,
        }


class BadInput(CaseloadError):
    """Bad input or usage; nothing was changed."""

    exit_code = 2


class UnsettledColumns(BadInput):
    """A document whose columns for table and field cannot be told until a person says.

    `document` is its name, `columns` the header cells seen ("" where one is blank), `sheet` the
    sheet they stand on, `guessed` the roles that could be told, each with its column's header.
    Without a `remedy` of its own it names the command that says the rest.
    """

    def __init__(
        self,
        what: str,
        *,
        where: str = "",
        remedy: str = "",
        document: str = "",
        columns: Sequence[str] = (),
        sheet: str = "",
        guessed: Mapping[str, str] | None = None,
    ) -> None:
        self.document = document
        self.columns = tuple(columns)
        self.sheet = sheet
        self.guessed = dict(guessed or {})
        super().__init__(what, where=where or document, remedy=remedy or self._command())

    def _command(self) -> str:
        """The command line that settles it, as far as it can be written beforehand."""
        said = {"table": "COLUMN", "field": "COLUMN", **self.guessed}
        roles = ",".join(f"{role}={_quoted(column)}" for role, column in said.items())
        told = self.sheet and "field" not in self.guessed
        sheet = f",sheet={_quoted(self.sheet)}" if told else ""
        command = f"caseload extract-specs --roles '{self.document}:{roles}{sheet}'"
        if {"table", "field"} <= self.guessed.keys():
            return f"Say which columns they are, by header or letter; as it seems: {command}"
        lead = f"Look at its columns with caseload readers preview '{self.document}'"
        one = "" if "table" in self.guessed else ", or table-name=NAME if it describes one table"
        return f"{lead}, and put the right ones, by header or letter, for COLUMN{one}: {command}"

    def as_dict(self) -> dict[str, object]:
        """The error with what the assignment of columns needs."""
        return {
            **super().as_dict(),
            "document": self.document,
            "columns": list(self.columns),
            "sheet": self.sheet,
            "guessed": self.guessed,
        }


def _quoted(column: str) -> str:
    """A column as `--roles` takes it: in double quotes where it holds what parts columns."""
    if not {",", '"'} & set(column):
        return column
    escaped = column.replace('"', '""')
    return f'"{escaped}"'


class EnvironmentTrouble(CaseloadError):
    """The machine said no: full disk, read-only folder, missing file, no memory."""

    exit_code = 2


class Cancelled(CaseloadError):
    """The person cancelled, or the process was told to stop; the run can be resumed."""

    exit_code = 3

    def __init__(self, what: str = "Cancelled", *, where: str = "", remedy: str = "") -> None:
        super().__init__(what, where=where, remedy=remedy)


class Refused(CaseloadError):
    """The person lacks the permission, or another process holds the project."""

    exit_code = 4


def from_dict(data: Mapping[str, Any]) -> CaseloadError:
    """Rebuild an error that crossed a process boundary (see `CaseloadError.as_dict`)."""
    if data.get("error") == UnsettledColumns.__name__:
        return _unsettled(data)
    kinds: dict[str, type[CaseloadError]] = {
        kind.__name__: kind for kind in (BadInput, EnvironmentTrouble, Cancelled, Refused)
    }
    kind = kinds.get(str(data.get("error")), CaseloadError)
    return kind(
        str(data.get("what", "")),
        where=str(data.get("where", "")),
        remedy=str(data.get("remedy", "")),
    )


def _unsettled(data: Mapping[str, Any]) -> UnsettledColumns:
    return UnsettledColumns(
        str(data.get("what", "")),
        where=str(data.get("where", "")),
        remedy=str(data.get("remedy", "")),
        document=str(data.get("document", "")),
        columns=[str(column) for column in data.get("columns", ())],
        sheet=str(data.get("sheet", "")),
        guessed=data.get("guessed"),
    )
