"""Source files into tables of text: every value as it stands in the file, or NULL.

A staged table has one VARCHAR column per column of the file, named as in its header; an empty
value is NULL and blanks around a value are not part of it.  The engine's names know no case:
of two columns that differ by case alone the later is called NAME#2 there (`column_in`).  Row
n (rowid, from 0, in the file's order) came from the line that `line_of` gives.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from caseload.engine.connection import Engine, StatementFailed
from caseload.engine.repair import Quarantined, repair_csv
from caseload.engine.scan import scan_csv
from caseload.engine.sql import ident, text
from caseload.model.errors import BadInput


@dataclass(slots=True)
class Staged:
    """A file in the engine.

    `table` is the table's name there, `header` the file's columns in its own order,
    `columns` those that were staged, `rows` how many sound records it has.  `lines` names
    the table (rid, line) that knows each row's line, or is empty when row n is line n + 2.
    """

    path: Path
    table: str
    header: tuple[str, ...]
    columns: tuple[str, ...]
    rows: int
    sha256: str
    encoding: str = "utf-8"
    lines: str = ""
    quarantined: list[Quarantined] = field(default_factory=list)

    @property
    def records(self) -> int:
        """Every record of the file, the quarantined ones among them."""
        return self.rows + len(self.quarantined)

    def column_in(self, name: str) -> str:
        """What the engine calls the file's column `name`."""
        return engine_names(self.header)[name]

    def line_of(self, rid: str) -> str:
        """SQL for the line of the row whose rowid is the SQL expression `rid`."""
        if not self.lines:
            return f"({rid} + 2)"
        return f"(SELECT l.line FROM {ident(self.lines)} l WHERE l.rid = {rid})"


def stage_csv(
    engine: Engine,
    path: Path,
    table: str,
    *,
    columns: Sequence[str] | None = None,
    allow_missing: bool = False,
) -> Staged:
    """Read `path` into the new table `table`, only `columns` of it if they are given.

    Columns are found by name, exactly or else without regard to case.  Raises BadInput for a
    missing or empty file, an unsound header, or (unless `allow_missing`) a missing column.
    """
    scan = scan_csv(path, engine.cancel)
    wanted = _wanted(scan.header, columns, path, allow_missing)
    staged = Staged(path, table, scan.header, wanted, scan.records, scan.sha256)
    if not scan.fault:
        try:
            found = _load(engine, staged, path, trim=scan.padded)
        except StatementFailed:
            found = -1
        if found == scan.records:
            if scan.line_starts is not None:
                _keep_lines(engine, staged, scan.line_starts)
            return staged
        engine.run(f"DROP TABLE IF EXISTS {ident(table)}")
    clean = engine.scratch / "clean" / f"{table}.csv"
    repaired = repair_csv(path, clean, engine.cancel)
    staged.rows = len(repaired.line_starts)
    staged.encoding = repaired.encoding
    staged.quarantined = repaired.quarantined
    found = _load(engine, staged, clean, trim=True)
    clean.unlink()
    if found != staged.rows:
        raise BadInput(
            f"{path.name} has {staged.rows} records, but {found} could be read",
            where=str(path),
            remedy="Save it as plain CSV with commas and UTF-8",
        )
    _keep_lines(engine, staged, repaired.line_starts)
    return staged


def engine_names(header: Sequence[str]) -> dict[str, str]:
    """The engine's name of each column: its own, unless another differs from it by case alone."""
    names: dict[str, str] = {}
    taken: dict[str, int] = {}
    for name in header:
        folded = name.casefold()
        taken[folded] = taken.get(folded, 0) + 1
        names[name] = name if taken[folded] == 1 else f"{name}#{taken[folded]}"
    return names


def _load(engine: Engine, staged: Staged, file: Path, *, trim: bool) -> int:
    names = [ident(staged.column_in(c)) for c in staged.columns]
    cells = [f"nullif(trim({name}), '') AS {name}" for name in names] if trim else names
    return engine.changed(
        f"CREATE TABLE {ident(staged.table)} AS SELECT {', '.join(cells) or 'NULL AS nothing'} "
        f"FROM {csv_source(file, staged.header)}"
    )


def stage_folder(
    engine: Engine, folder: Path, tables: Iterable[str], *, prefix: str = ""
) -> tuple[dict[str, Staged], dict[str, BadInput]]:
    """Stage `folder`/TABLE.csv for each of `tables`; those that cannot be read come apart."""
    staged: dict[str, Staged] = {}
    refused: dict[str, BadInput] = {}
    for name in tables:
        try:
            staged[name] = stage_csv(engine, folder / f"{name}.csv", prefix + name)
        except BadInput as trouble:
            refused[name] = trouble
    return staged, refused


def csv_source(path: Path, header: Sequence[str]) -> str:
    """SQL for a strict read of a plain CSV file, nothing guessed, every column text."""
    columns = ", ".join(f"{text(name)}: 'VARCHAR'" for name in engine_names(header).values())
    return (
        f"read_csv({text(str(path.resolve()))}, columns = {{{columns}}}, auto_detect = false, "
        f"header = false, skip = 1, delim = ',', quote = '\"', escape = '\"', "
        f"null_padding = false, strict_mode = true, "
        f"max_line_size = 16777216)"
    )


def _wanted(
    header: tuple[str, ...], columns: Sequence[str] | None, path: Path, allow_missing: bool
) -> tuple[str, ...]:
    if columns is None:
        return header
    found = [find_column(header, name) for name in columns]
    for name, column in zip(columns, found, strict=True):
        if column is None and not allow_missing:
            raise BadInput(
                f"{path.name} has no column {name}",
                where=f"{path.name}, line 1",
                remedy="Extract the table again with all its columns",
            )
    return tuple(dict.fromkeys(name for name in found if name is not None))


def find_column(header: Sequence[str], name: str) -> str | None:
    """The column of that name, or else the first that differs from it by case alone."""
    if name in header:
        return name
    folded = name.casefold()
    return next((column for column in header if column.casefold() == folded), None)


def _keep_lines(engine: Engine, staged: Staged, starts: object) -> None:
    import numpy as np

    lines = np.asarray(starts, dtype=np.int64)
    if (lines == np.arange(2, lines.size + 2)).all():
        return
    staged.lines = f"{staged.table}#lines"
    engine.load_arrays(staged.lines, {"rid": np.arange(lines.size, dtype=np.int64), "line": lines})
