"""The table's name in the lines above a grid, in a row of its own, or on a sheet's tab."""

from __future__ import annotations

import re
from collections.abc import Sequence

from caseload.specs.readers.grid import Row
from caseload.specs.readers.header_words import concepts, header_words
from caseload.specs.readers.lexicon import Word
from caseload.specs.readers.names import CONTINUED, heading_table, is_identifier, looks_like_table

_LONGEST = 1_000
_NAME = r"[\"'`\[(]?([A-Za-z_][\w$#.-]*)[\"'`\])]?"
_LABELLED = re.compile(
    rf"^\W*([^:=\u2013\u2014]{{2,40}}?)\s*[:=\u2013\u2014]\s*{_NAME}\s*(.*)$", re.DOTALL
)
_WORD_FIRST = re.compile(
    rf"^\W*(?:[\d.]+\s+)?([^\W\d_]+)\s+{_NAME}\s*(?:[-:\u2013\u2014(,]\s*(.*))?$", re.DOTALL
)
_NAME_FIRST = re.compile(
    r"^(?:[\d.]+\s+)?([A-Za-z_][\w$#]*)\s*(?:[-:\u2013\u2014]\s+|\s[-\u2013\u2014:]|\()\s*(\S.*?)\)?$",
    re.DOTALL,
)
_NAME_LAST = re.compile(r"^(\S.*?)\s*[(\[]([A-Za-z_][\w$#]*)[)\]]$", re.DOTALL)
_ABOUT = re.compile(r"^\W*([^:=]{3,30}?)\s*[:=]\s*(\S.*)$", re.DOTALL)
_LABEL_WORDS = {Word.TABLE, Word.ENTITY, Word.NAME, Word.PHYSICAL, Word.POSITION, Word.SIDE,
                Word.FILLER, Word.DATA, Word.IDENTIFIER, Word.CODE}  # fmt: skip
_SHEET = re.compile(
    r"(?:sheet|feuille?|hoja|foglio|blad|planilha|folha|ark|taul(?:ukko)?|arkusz|taflen|tabelle|"
    r"export|extract|results?|query|all|full|list|worksheet|page)[ _-]?\d*(?: ?\(\d+\))?",
    re.IGNORECASE,
)
_WHOLE_DOCUMENT = {
    "dictionary", "datadictionary", "catalog", "catalogue", "katalog", "diccionario",
    "dictionnaire", "dizionario", "woordenboek", "dicionario", "slownik", "ordbok", "ordbog",
    "worterbuch", "geiriadur", "schema", "metadata", "spec", "specification",
}  # fmt: skip
_EVERY = {"all", "alle", "tous", "toutes", "todas", "todos", "tutti", "tutte", "wszystkie", "alla"}
_DOCUMENT_WORDS = {Word.TABLE, Word.FIELD, Word.DATA, Word.LIST, Word.DICTIONARY, Word.SCHEMA,
                   Word.FILLER, Word.ENTITY, Word.ITEM, Word.ELEMENT, Word.NAME}  # fmt: skip


def titled(row: Row) -> str:
    """A row of a title block as one line: "Table: PATDATA", "PATDATA - Patients"."""
    filled = list(dict.fromkeys(cell for cell in row.cells if cell))
    if len(filled) < 2:
        return filled[0] if filled else ""
    head, tail = filled[0].rstrip(": "), " ".join(filled[1:])
    return f"{head}: {tail}" if concepts(head) or filled[0].endswith(":") else f"{head} - {tail}"


def title_table(lines: Sequence[str], heading: str, sheet: str, *, weak: bool) -> tuple[str, str]:
    """The table that lines above a grid name, the nearest first, and what they say of it.

    Names without the word for table beside them must look like names, and agree with the
    sheet's own name unless that is `weak`.
    """
    lines = [line for line in lines if line.strip()]
    head = heading_table(heading) if heading else ""
    for find in (labelled_name, _bare_name, _loose_name):
        if find is not labelled_name and head:
            at = max((i for i, line in enumerate(lines) if line == heading), default=len(lines))
            return head, " ".join(lines[at + 1 :])
        if find is _loose_name and sheet:
            break
        for index in range(len(lines) - 1, -1, -1):
            name, about = find(lines[index])
            agrees = weak or find is labelled_name or _agrees(name, sheet)
            if name and agrees:
                after = lines[index + 1 :]
                after = [line for line in after if _says_itself(line)][:1] or after
                rest = [about, *map(_about, after)]
                return name, "\n".join(dict.fromkeys(text for text in rest if text))
        if find is _bare_name and sheet and lines and weak:
            return _plain_name(lines[-1])
    return "", ""


def _plain_name(line: str) -> tuple[str, str]:
    """A line right above a header that is one word, or one with what it stands for."""
    line = CONTINUED.sub("", line[:_LONGEST]).strip()
    first = _NAME_FIRST.match(line)
    name, about = (first.group(1), first.group(2).strip()) if first else (line, "")
    return (name, about) if is_identifier(name) and not is_generic(name) else ("", "")


def _loose_name(line: str) -> tuple[str, str]:
    return heading_table(line), ""


def _about(line: str) -> str:
    """What a line below a table's name says of it, without the word for description."""
    match = _ABOUT.match(line)
    said = set(concepts(match.group(1))) if match else set()
    if match and said & {Word.DESCRIPTION, Word.NOTE}:
        return match.group(2)
    words = header_words(line).split()
    return "" if words and all(map(concepts, words)) else line


def _says_itself(line: str) -> bool:
    """Whether a line says beside the word for description what the table is for."""
    match = _ABOUT.match(line)
    return match is not None and Word.DESCRIPTION in concepts(match.group(1))


def labelled_name(line: str) -> tuple[str, str]:
    """The name after the word for table, and what follows it; ("", "") without one."""
    line = CONTINUED.sub("", line[:_LONGEST]).strip()
    for pattern in (_LABELLED, _WORD_FIRST):
        match = pattern.match(line)
        if match and _is_label(match.group(1)):
            rest = (match.group(3) or "").strip(" -:\u2013\u2014()")
            return match.group(2).rstrip(".").rpartition(".")[2], rest
    return "", ""


def _is_label(text: str) -> bool:
    said = set(concepts(text))
    known = len([word for word in header_words(text).split() if concepts(word)])
    return (
        bool(said & {Word.TABLE, Word.ENTITY})
        and not said - _LABEL_WORDS
        and known == len(header_words(text).split())
    )


def _bare_name(line: str) -> tuple[str, str]:
    """A line that is a name, or a name with what it stands for."""
    line = CONTINUED.sub("", line[:_LONGEST]).strip()
    bare = re.sub(r"^[\d.]+\s+", "", line)
    if is_identifier(bare):
        return (bare, "") if _is_name(bare) else ("", "")
    first = _NAME_FIRST.match(line)
    if first and _is_name(first.group(1)):
        return first.group(1), first.group(2).strip()
    last = _NAME_LAST.match(bare)
    if last and _is_name(last.group(2)):
        return last.group(2), last.group(1).strip()
    return "", ""


def _is_name(word: str) -> bool:
    """Whether a word can be a table's name and is no plain word or abbreviation of a header."""
    shaped = looks_like_table(word) or "_" in word or bool(re.search(r"[a-z][A-Z0-9]", word))
    return shaped and not (concepts(word) and word.lower() in header_words(word))


def _agrees(name: str, sheet: str) -> bool:
    """Whether a name in a title may outweigh the sheet's own."""
    if not name or not sheet or is_generic(sheet) or not is_identifier(sheet_table(sheet)):
        return bool(name)
    tab = sheet_table(sheet).casefold()
    return name.casefold().startswith(tab) or tab.startswith(name.casefold())


def sheet_table(sheet: str) -> str:
    """The table that a sheet's tab names: "PATDATA" of "3. PATDATA (patients)"."""
    sheet = re.sub(r"\s*\(\d+\)$", "", " ".join(sheet.split()))
    sheet = re.sub(r"^\d+[\W_]+(?=[^\W\d_])", "", sheet)
    name, _ = labelled_name(sheet)
    return name or heading_table(sheet) or sheet


def is_generic(sheet: str) -> bool:
    """Whether a sheet's tab names no table: Sheet1, Columns, Data dictionary."""
    if _SHEET.fullmatch(sheet.strip()) or not any(c.isalpha() for c in sheet):
        return True
    words = header_words(re.sub(r"\d+", " ", sheet)).split()
    if any(word in _WHOLE_DOCUMENT for word in words):
        return True
    words = [word for word in words if word not in _EVERY]
    said = {concept for word in words for concept in concepts(word)}
    return bool(said) and all(map(concepts, words)) and not said - _DOCUMENT_WORDS
