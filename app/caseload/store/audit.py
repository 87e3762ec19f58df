"""The audit: lines that are only ever added, each chained to the one before by its hash.

Triggers refuse UPDATE, DELETE and INSERT OR REPLACE; the chain shows what somebody did who
went round them; the anchor shows what the chain alone cannot (see `anchor`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update

from caseload.model.errors import EnvironmentTrouble
from caseload.store.anchor import Anchor
from caseload.store.database import Database
from caseload.store.records import AuditHead, AuditLine, ChainReport, UndoEntry, utc_text
from caseload.store.schema import audit_line, json_text, undo_entry


def genesis_hash(project_id: str) -> str:
    """What the first line is chained to: its own project, so lines cannot move house."""
    return hashlib.sha256(f"caseload audit of {project_id}".encode()).hexdigest()


def line_hash(
    seq: int,
    at_utc: str,
    actor: str,
    action: str,
    subject: str,
    detail: str,
    inverse: str,
    previous_hash: str,
) -> str:
    """The hash of one line; `detail` and `inverse` are the JSON texts as kept.

    Each part is preceded by its length, so that no two different lines read the same.
    """
    parts = (str(seq), at_utc, actor, action, subject, detail, inverse, previous_hash)
    return hashlib.sha256("".join([f"{len(p)}:{p}" for p in parts]).encode()).hexdigest()


class Audit:
    """The audit of an open project."""

    def __init__(self, database: Database, project_id: str, anchor: Anchor) -> None:
        self._database = database
        self._anchor = anchor
        self._genesis = genesis_hash(project_id)
        self._anchor_holds: bool | None = None
        self.anchor_trouble: EnvironmentTrouble | None = None

    def head(self) -> AuditHead:
        """The last line's number and hash, to be written into every export."""
        with self._database.read() as connection:
            row = connection.execute(
                select(audit_line.c.seq, audit_line.c.hash)
                .order_by(audit_line.c.seq.desc())
                .limit(1)
            ).first()
        return AuditHead(row.seq, row.hash) if row else AuditHead(0, self._genesis)

    def append(
        self,
        actor: str,
        action: str,
        subject: str,
        *,
        at: datetime,
        detail: Mapping[str, Any],
        inverse: Mapping[str, Any],
    ) -> AuditLine:
        """Add a line within the transaction that is open (see `ProjectFile.command`)."""
        connection = self._database.current
        head = self.head()
        seq, at_utc = head.seq + 1, utc_text(at)
        detail_text, inverse_text = json_text(dict(detail)), json_text(dict(inverse))
        own = line_hash(seq, at_utc, actor, action, subject, detail_text, inverse_text, head.hash)
        connection.execute(
            insert(audit_line).values(
                seq=seq,
                at_utc=at_utc,
                actor=actor,
                action=action,
                subject=subject,
                detail=detail_text,
                inverse=inverse_text,
                previous_hash=head.hash,
                hash=own,
            )
        )
        return AuditLine(
            seq, at_utc, actor, action, subject, dict(detail), dict(inverse), head.hash, own
        )

    def anchor_head(self, line: AuditLine) -> None:
        """Keep the head of a line just committed outside the file.

        An anchor that the chain does not hold is left alone: it is the evidence of what
        `verify` reports, and going on working must not wipe it out.  One that cannot be
        written lags behind (see `anchor_trouble`); the line itself is safe.
        """
        if self._anchor_holds is None:
            before = self._anchor.read()
            self._anchor_holds = before is None or self._holds(before)
        if not self._anchor_holds:
            return
        try:
            self._anchor.write(AuditHead(line.seq, line.hash))
            self.anchor_trouble = None
        except EnvironmentTrouble as error:
            self.anchor_trouble = error

    def accept_history(self) -> None:
        """Anchor the chain as it is, after a person chose to (a restored backup, say)."""
        self._anchor.write(self.head())
        self._anchor_holds = True

    def _holds(self, head: AuditHead) -> bool:
        if head.seq == 0:
            return head.hash == self._genesis
        with self._database.read() as connection:
            found = connection.execute(
                select(audit_line.c.hash).where(audit_line.c.seq == head.seq)
            ).scalar()
        return found == head.hash

    def lines(
        self,
        *,
        actor: str = "",
        action: str = "",
        subject: str = "",
        newest_first: bool = True,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[AuditLine]:
        """Lines that match; `action` and `subject` match by their beginning."""
        query = select(audit_line)
        if actor:
            query = query.where(audit_line.c.actor == actor)
        if action:
            query = query.where(audit_line.c.action.startswith(action, autoescape=True))
        if subject:
            query = query.where(audit_line.c.subject.startswith(subject, autoescape=True))
        order = audit_line.c.seq.desc() if newest_first else audit_line.c.seq
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(order).limit(limit).offset(offset)).all()
        return [_line(row) for row in rows]

    def count(self) -> int:
        """How many lines there are."""
        with self._database.read() as connection:
            return int(
                connection.execute(select(func.count()).select_from(audit_line)).scalar_one()
            )

    def verify(self, anchors: Iterable[AuditHead] = ()) -> ChainReport:
        """Check every line, and that the chain holds every anchor.

        `anchors` are further heads to compare with, such as those in exports and packs.
        """
        with self._database.read() as connection:
            rows = connection.exec_driver_sql(
                "SELECT seq, at_utc, actor, action, subject, detail, inverse, previous_hash, hash"
                " FROM audit_line ORDER BY seq"
            )
            lines, head, broken, problem, hashes = _walk(iter(rows), self._genesis)
        own = self._anchor.read()
        wanted = [*anchors, *([own] if own else [])]
        if broken is None:
            for anchor in sorted(wanted, key=lambda a: a.seq):
                if hashes.get(anchor.seq) != anchor.hash:
                    broken = max(1, min(anchor.seq, lines + 1))
                    problem = (
                        "The audit ends before a line that was seen earlier: its end was cut "
                        "off, or an older copy of the project was put back"
                        if anchor.seq > lines
                        else "The audit is not the one that was seen earlier"
                    )
                    break
        return ChainReport(lines, head, broken, problem, anchored=bool(wanted))


def _walk(
    rows: Iterator[Any], genesis: str
) -> tuple[int, AuditHead, int | None, str, dict[int, str]]:
    """Follow the chain; hashes by seq, with the genesis at 0."""
    hashes = {0: genesis}
    previous, lines = genesis, 0
    broken: int | None = None
    problem = ""
    for seq, at_utc, actor, action, subject, detail, inverse, before, own in rows:
        lines += 1
        if broken is None:
            if seq != lines:
                broken, problem = lines, "A line is missing"
            elif before != previous:
                broken, problem = lines, "A line does not follow from the one before it"
            elif own != line_hash(seq, at_utc, actor, action, subject, detail, inverse, before):
                broken, problem = lines, "A line is not as it was written"
        hashes[seq] = own
        previous = own
    return lines, AuditHead(lines, previous), broken, problem, hashes


def _line(row: Row[Any]) -> AuditLine:
    return AuditLine(
        row.seq,
        row.at_utc,
        row.actor,
        row.action,
        row.subject,
        json.loads(row.detail),
        json.loads(row.inverse),
        row.previous_hash,
        row.hash,
    )


class Undo:
    """Which commands can be undone, and which were.

    Undoing is itself a command: carry out the entry's inverse, then `mark` the entry.  A new
    command that can be undone forgets what had been undone, as editors do.
    """

    def __init__(self, database: Database, audit: Audit) -> None:
        self._database = database
        self._audit = audit

    def remember(self, seq: int) -> None:
        """Note within the open transaction that line `seq` can be undone."""
        connection = self._database.current
        connection.execute(delete(undo_entry).where(undo_entry.c.undone))
        connection.execute(insert(undo_entry).values(seq=seq, undone=False))

    def mark(self, seq: int, *, undone: bool) -> None:
        """Note within the open transaction that line `seq` was undone, or done again."""
        self._database.current.execute(
            update(undo_entry).where(undo_entry.c.seq == seq).values(undone=undone)
        )

    def next_undo(self) -> UndoEntry | None:
        """The newest command that can be undone."""
        return self._one(undone=False)

    def next_redo(self) -> UndoEntry | None:
        """The command undone last, to be done again."""
        return self._one(undone=True)

    def _one(self, *, undone: bool) -> UndoEntry | None:
        order = undo_entry.c.seq if undone else undo_entry.c.seq.desc()
        query = (
            select(audit_line)
            .join(undo_entry, undo_entry.c.seq == audit_line.c.seq)
            .where(undo_entry.c.undone == undone)
            .order_by(order)
            .limit(1)
        )
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return UndoEntry(row.seq, undone, _line(row)) if row else None
