"""The rows below a header, each cell said one way: tables filled in, lengths parted from types."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from caseload.model.catalog import ReadProblem
from caseload.specs.readers.cells import (
    condition_in,
    flags_of,
    key_facts,
    length_of,
    needed_by,
    reference,
    table_and_field,
    type_and_length,
)
from caseload.specs.readers.grid import Row
from caseload.specs.readers.header_words import concepts
from caseload.specs.readers.lexicon import Word
from caseload.specs.readers.names import is_identifier, looks_like_table
from caseload.specs.readers.roles import IN_USE, NOTHING, Roles, looks_like_type
from caseload.specs.readers.table_titles import labelled_name
from caseload.specs.readers.vocabulary import Role

CANONICAL = (
    Role.TABLE, Role.FIELD, Role.TYPE, Role.LENGTH, Role.MANDATORY, Role.DESCRIPTION,
    Role.ELEMENT, Role.DELETED, Role.RELEASED, Role.CODE_TYPE, Role.KEY, Role.UNIQUE,
    Role.FOREIGN_TABLE, Role.FOREIGN_FIELD, Role.FORMAT, Role.VALUES, Role.CONDITION,
    Role.LOADED_TO,
)  # fmt: skip
"""The columns of rows made plain, in order."""

FLAGS = (Role.MANDATORY, Role.NULLABLE, Role.UNIQUE)
"""The columns of yes and no."""

_AT = {role: number for number, role in enumerate(CANONICAL)}
_NUMERIC = re.compile(r"(?:NUMBER|NUMERIC|DECIMAL|DEC|MONEY)\b", re.IGNORECASE)
_NO_LENGTH = re.compile(
    r"(?:DATE|TIME|INT|BIGINT|SMALLINT|TINYINT|BIT|CLOB|BLOB|XML)", re.IGNORECASE
)
_TOTAL = re.compile(
    r"^\W*(?:sub)?(?:total|totals|gesamt|summe|somme|totale|totaal|suma|summa)\b", re.IGNORECASE
)
_KEY_MARK = re.compile(r"[(\[]\s*(?:pk|primary key|key)\s*[)\]]$", re.IGNORECASE)
_KEPT = (
    Role.ELEMENT, Role.RELEASED, Role.CODE_TYPE, Role.FORMAT, Role.VALUES, Role.CONDITION,
    Role.LOADED_TO,
)  # fmt: skip
_SAMPLE = 300
_NAMES = 0.6
_FEW_HEADS = 0.35

Stretch = tuple[str, str, list[Row]]
"""A table's name, what a row of its own says of it, and its rows made plain."""


class PlainRows:
    """Walks the rows of one section.

    `described` collects what rows and columns about whole tables say.  `alike` are the values
    that columns of flags hold in the whole document, by their headers.
    """

    def __init__(
        self,
        roles: Roles,
        body: Sequence[Row],
        table: str,
        *,
        wraps: bool = False,
        alike: Mapping[str, Collection[str]] | None = None,
    ) -> None:
        self._roles = roles
        self._wraps = wraps
        self._body = body
        self._at = dict(roles.columns)
        self._given = table
        self.described: dict[str, str] = {}
        self._in_one_cell = self._names_hold_tables()
        self._has_table = Role.TABLE in self._at and not self._in_one_cell
        self._usual = self._usual_filled()
        self._schemas = self._has_table and self._mostly(Role.TABLE, lambda v: "." in v)
        held = [self._cell(row, Role.TABLE) for row in body if self._cell(row, Role.FIELD)]
        named = sum(1 for table in held if not table or is_identifier(table))
        self._tables_are_names = named > _NAMES * len(held)
        flags = {role: self._flag(role, alike or {}) for role in FLAGS}
        self._mandatory, self._nullable = flags[Role.MANDATORY], flags[Role.NULLABLE]
        self._unique = flags[Role.UNIQUE]
        self._sections_said = self._tables_head_groups()

    def _flag(
        self, role: Role, alike: Mapping[str, Collection[str]]
    ) -> Callable[[str], bool | None]:
        """How the column of a role writes yes and no, here and under the same header elsewhere."""
        return flags_of([*self._values(role), *alike.get(header_of(self._roles, role), ())])

    def stretches(self, problems: list[ReadProblem]) -> list[Stretch]:
        """The rows by table, in order; what is no field is told in `problems`."""
        out: list[Stretch] = []
        table, about = self._given, ""
        rows: list[Row] = []
        for index, row in enumerate(self._body):
            section = self._section_name(index)
            if section:
                self._sections_said = self._sections_said or index == 0
                if rows:
                    out.append((table, about, rows))
                table, about, rows = section[0], section[1], []
                continue
            plain = self._plain(row, table, rows, problems)
            if plain is not None:
                rows.append(plain)
            if self._has_table and plain is not None:
                table = plain.cells[0]
            elif self._has_table and (not rows or is_identifier(self._table_cell(row))):
                table = self._table_cell(row) or table
        if rows:
            out.append((table, about, rows))
        return [("" if self._has_table else name, text, some) for name, text, some in out]

    def _plain(
        self, row: Row, carried: str, before: list[Row], problems: list[ReadProblem]
    ) -> Row | None:
        """A row made plain; None for one that is no field."""
        name = self._cell(row, Role.FIELD)
        table = (self._table_cell(row) if self._has_table else "") or carried
        if self._in_one_cell and (both := table_and_field(name)):
            table, name = both
        if not name:
            self._without_name(row, table, before, problems)
            return None
        filled = sum(1 for cell in row.cells if cell)
        prose = not is_identifier(name) and " " in name
        total = bool(_TOTAL.match(name)) and not is_identifier(name) and filled <= 2
        if total or (prose and filled == 1 and self._usual > 1):
            problems.append(ReadProblem(_none(row, table), row.place))
            return None
        if not table:
            message = f"Field {name} belongs to no table that the document names"
            problems.append(ReadProblem(message, row.place))
            return None
        if self._is_footer(row):
            problems.append(ReadProblem(_none(row, table), row.place))
            return None
        self._about_table(row, table)
        return Row(self._canonical(row, table, name), row.place, row.shade, row.pages, row.ruled)

    def _without_name(
        self, row: Row, table: str, before: list[Row], problems: list[ReadProblem]
    ) -> None:
        """A row without a field: one about the table, the rest of a description, or nothing."""
        filled = {column for column, cell in enumerate(row.cells) if cell}
        about = {self._at.get(Role.DESCRIPTION), self._at.get(Role.TABLE_DESCRIPTION)}
        own = self._table_cell(row) if self._has_table else ""
        gap = bool(before) and (row.place.row or 0) - (before[-1].place.row or 0) > 1
        text = self._cell(row, Role.DESCRIPTION)
        if filled and filled <= about and before and not gap and not _is_remark(text):
            cells = before[-1].cells
            cells[_AT[Role.DESCRIPTION]] = f"{cells[_AT[Role.DESCRIPTION]]}\n{text}".strip("\n")
            return
        if own and is_identifier(own) and not _TOTAL.match(own):
            text = self._cell(row, Role.DESCRIPTION) or self._cell(row, Role.TABLE_DESCRIPTION)
            if text:
                self.described.setdefault(own, text)
            if len(filled) <= 3:
                return
        if len(filled) < 2 or (own and not is_identifier(own)):
            message = _none(row, before[-1].cells[0] if before else table)
        else:
            message = f"A row of {table or 'a table'} has no field name"
        problems.append(ReadProblem(message, row.place))

    def _is_footer(self, row: Row) -> bool:
        """Whether a row has no details, and words where all others have a table's name."""
        own = self._table_cell(row) if self._has_table else ""
        odd = bool(own) and not is_identifier(own) and self._tables_are_names
        return odd and not self._has_details(row)

    def _about_table(self, row: Row, table: str) -> None:
        text = self._cell(row, Role.TABLE_DESCRIPTION)
        if text:
            self.described.setdefault(table, text)

    def _canonical(self, row: Row, table: str, name: str) -> list[str]:
        """The cells of a field in the order of `CANONICAL`."""
        cells = [""] * len(CANONICAL)
        kind, length, needed = self._type(row)
        cells[_AT[Role.TABLE]], cells[_AT[Role.FIELD]] = table, name
        cells[_AT[Role.TYPE]], cells[_AT[Role.LENGTH]] = kind, length
        for role in _KEPT:
            cells[_AT[role]] = self._cell(row, role)
        texts = [self._cell(row, Role.DESCRIPTION)]
        more = [row.cells[c] for c in self._roles.more if c < len(row.cells)]
        texts += [text for text in more if _letters(text) != _letters(name)]
        cells[_AT[Role.DESCRIPTION]] = "\n\n".join(text for text in texts if text)
        cells[_AT[Role.DELETED]] = _truth_as_digit(self._cell(row, Role.DELETED))
        self._obligation(row, cells, needed)
        self._keys(row, cells)
        return cells

    def _type(self, row: Row) -> tuple[str, str, bool | None]:
        said = self._cell(row, Role.TYPE)
        kind, inner, needed = type_and_length(said) if said else ("", "", None)
        length = self._cell(row, Role.LENGTH)
        if Role.TYPE not in self._at and length and looks_like_type(length):
            return type_and_length(length)
        length = length_of(length) if length.casefold() not in NOTHING else ""
        precision = self._cell(row, Role.PRECISION)
        if Role.PRECISION in self._at:
            if _NUMERIC.match(kind):
                length = length_of(precision)
            elif _NO_LENGTH.match(kind):
                length = ""
            elif Role.LENGTH not in self._at:
                length = length_of(precision)
        length = length if length not in ("", "0") or not inner else inner
        scale = length_of(self._cell(row, Role.SCALE))
        if scale.isdecimal() and int(scale) and length.isdecimal() and not _NO_LENGTH.match(kind):
            length = f"{length},{scale}"
        return kind, length, needed

    def _obligation(self, row: Row, cells: list[str], needed: bool | None) -> None:
        said = self._cell(row, Role.MANDATORY)
        answer = self._mandatory(said) if said else None
        if answer is None and (null := self._cell(row, Role.NULLABLE)):
            flag = self._nullable(null)
            written_out = "not null" in null.casefold()
            answer = True if written_out else None if flag is None else not flag
            if null.casefold() == "null":
                answer = False
        if answer is None:
            answer = needed if needed is not None else needed_by(self._cell(row, Role.KEY))
        cells[_AT[Role.MANDATORY]] = "" if answer is None else "Y" if answer else "N"
        if said and answer is None:
            cells[_AT[Role.CONDITION]] = cells[_AT[Role.CONDITION]] or condition_in(said)

    def _keys(self, row: Row, cells: list[str]) -> None:
        said = self._cell(row, Role.KEY)
        primary, foreign, unique = key_facts(said)
        own = self._unique(self._cell(row, Role.UNIQUE)) if Role.UNIQUE in self._at else False
        primary = primary or bool(_KEY_MARK.search(cells[_AT[Role.FIELD]]))
        cells[_AT[Role.KEY]] = "Y" if primary else ""
        cells[_AT[Role.UNIQUE]] = "Y" if own or unique else ""
        table = self._cell(row, Role.FOREIGN_TABLE)
        pair = (table, self._cell(row, Role.FOREIGN_FIELD)) if table else None
        if pair is not None and not pair[1]:
            pair = reference(table) or pair
        if pair is None and (text := self._cell(row, Role.FOREIGN)):
            pair = reference(text)
        if pair is None and foreign and len(said) > 4:
            pair = reference(re.sub(r"(?i)^.*\breferences\b|^\W*(?:pk\W+)?(?:fk)\d*\W*", "", said))
        if pair is not None and pair[0]:
            cells[_AT[Role.FOREIGN_TABLE]] = pair[0].rpartition(".")[2]
            cells[_AT[Role.FOREIGN_FIELD]] = pair[1]

    def _section_name(self, index: int) -> tuple[str, str] | None:
        """The table that a row of its own names, and what it says of it."""
        row = self._body[index]
        filled = [column for column, cell in enumerate(row.cells) if cell]
        texts = [row.cells[column] for column in filled]
        if not texts or len(set(texts)) > 3 or self._usual < 2:
            return None
        if len(set(texts)) > 1 and self._has_details(row):
            return None
        line = texts[0] if len(set(texts)) == 1 else f"{texts[0].rstrip(': ')}: {texts[1]}"
        name, about = labelled_name(line)
        if name:
            return (name, about or " ".join(texts[2:])) if not self._has_table else None
        if self._has_table or len(set(texts)) > 2:
            return None
        return self._bare_section(index, filled, texts)

    def _tables_head_groups(self) -> bool:
        """Whether rows of a name without type and length head groups of rows that have them.

        Only where nothing else names the table, as a field can lack both.
        """
        self._sections_said = False
        if self._given or self._has_table or not self._body or Role.TYPE not in self._at:
            return False
        told = [self._has_details(row) for row in self._body]
        alone = [index for index, said in enumerate(told) if not said]
        followed = all(index + 1 < len(told) and told[index + 1] for index in alone)
        return alone[:1] == [0] and followed and len(alone) < _FEW_HEADS * len(told)

    def _has_details(self, row: Row) -> bool:
        """Whether a row says what only a field has: a type, a length, a data element."""
        kind, length = self._cell(row, Role.TYPE), self._cell(row, Role.LENGTH)
        one_word = " " not in kind and not self._sections_said
        typed = bool(kind) and (looks_like_type(kind) or one_word)
        sized = any(c.isdecimal() for c in length)
        return typed or sized or " " not in (self._cell(row, Role.ELEMENT) or " ")

    def _bare_section(
        self, index: int, filled: list[int], texts: list[str]
    ) -> tuple[str, str] | None:
        """A row of a table's name alone, or beside what it is for, among fields."""
        head, _, tail = re.sub(r"^[\d.]+\s+", "", texts[0]).partition(" ")
        tail = tail.strip("-:\u2013\u2014() ") or " ".join(texts[1:])
        known = self._sections_said and filled[0] == self._at.get(Role.FIELD) == 0
        if not is_identifier(head) or (tail and not looks_like_table(head) and not known):
            return None
        place = self._body[index].place.row or 0
        before = self._body[index - 1].place.row or 0 if index else 0
        apart = index == 0 or place - before > 1
        in_name_column = filled[0] == self._at.get(Role.FIELD)
        fields = self._values(Role.FIELD)
        alike = sum(map(looks_like_table, fields)) > 0.3 * len(fields)
        if self._sections_said:
            return head, tail
        if apart or not in_name_column or (looks_like_table(head) and not alike):
            return head, tail
        return None

    def _table_cell(self, row: Row) -> str:
        text = " ".join(self._cell(row, Role.TABLE).split())
        text = text.strip('[]"`') if text[:1] in '["`' else text
        return text.rpartition(".")[2].strip('[]"`') if self._schemas else text

    def _cell(self, row: Row, role: Role) -> str:
        column = self._at.get(role)
        text = row.cells[column] if column is not None and column < len(row.cells) else ""
        if self._wraps and role in (Role.TABLE, Role.TYPE, Role.LENGTH):
            text = text.replace("\n", "")
        if text[:1] == "'" and "'" not in text[1:]:
            text = text[1:]
        keeps = role in (Role.DESCRIPTION, Role.FIELD, Role.TABLE)
        return text if keeps or text.casefold() not in NOTHING else ""

    def _values(self, role: Role) -> list[str]:
        cells = (self._cell(row, role) for row in self._body[: _SAMPLE * 4])
        return [cell for cell in cells if cell]

    def _mostly(self, role: Role, test: Callable[[str], bool]) -> bool:
        values = self._values(role)
        return bool(values) and sum(map(test, values)) > 0.9 * len(values)

    def _names_hold_tables(self) -> bool:
        """Whether names are written with their tables: PATDATA.PtDoB."""
        return self._mostly(Role.FIELD, lambda value: table_and_field(value) is not None)

    def _usual_filled(self) -> int:
        counts = sorted(sum(1 for cell in row.cells if cell) for row in self._body[:_SAMPLE])
        return counts[len(counts) // 2] if counts else 0


def header_of(roles: Roles, role: Role) -> str:
    """The header above a role's column, as it is compared; "" without one."""
    column = roles.columns.get(role)
    known = column is not None and column < len(roles.headers)
    return "".join(roles.headers[column or 0].split()).casefold() if known else ""


def _none(row: Row, table: str) -> str:
    said = " ".join(" ".join(row.cells).split())[:60]
    return f"A row among the fields of {table or 'a table'} is none: {said}"


def _is_remark(text: str) -> bool:
    """Whether a text is a note on the whole table: "Note: ...", "Total: ..."."""
    head, colon, _ = text.partition(":")
    return bool(_TOTAL.match(text)) or (bool(colon) and Word.NOTE in concepts(head))


def canonical_cells(said: dict[Role, str]) -> list[str]:
    """A field's cells in the order of `CANONICAL`, blank where nothing is said."""
    return [said.get(role, "") for role in CANONICAL]


def every_column() -> Roles:
    """The roles of rows that a reader has made plain itself."""
    return Roles(dict(_AT), ())


def plain_roles(roles: Roles, rows: Iterable[Row]) -> Roles:
    """The columns of rows made plain: those that were found, and those that hold anything."""
    found = set(roles.columns)
    if Role.NULLABLE in found:
        found.add(Role.MANDATORY)
    rows = list(rows)
    held = {role for role, number in _AT.items() if any(row.cells[number] for row in rows)}
    keep = (held | (found & {Role.TYPE, Role.LENGTH, Role.KEY})) - {Role.TABLE}
    columns = {role: _AT[role] for role in CANONICAL if role in keep or role is Role.TABLE}
    return Roles(columns, (), by_content=roles.by_content)


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _truth_as_digit(text: str) -> str:
    """A delete flag as it stands; true and false, or a state such as obsolete, as 1 or 0."""
    if IN_USE.fullmatch(text):
        return "0"
    return "1" if Word.DELETED in concepts(text) else {"TRUE": "1", "FALSE": "0"}.get(text, text)
