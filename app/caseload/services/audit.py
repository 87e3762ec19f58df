"""Who did what, and whether the record of it still holds."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from caseload.model.errors import BadInput
from caseload.model.views import ChangeKind, ChangeSet, HistoryLine
from caseload.services.permission import Permission
from caseload.store.files import write_atomically
from caseload.store.finding import SUFFIX
from caseload.store.records import AuditLine, from_utc_text

if TYPE_CHECKING:
    from caseload.services.session import ProjectSession


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """What verifying the audit found; `first_broken` counts lines from 1, None when all hold."""

    ok: bool
    lines: int
    first_broken: int | None
    words: str


def lines(session: ProjectSession, offset: int = 0, limit: int = 100) -> tuple[HistoryLine, ...]:
    """Audit lines, newest first."""
    return tuple(
        history_line(line) for line in session.project.audit.lines(offset=offset, limit=limit)
    )


def history_line(line: AuditLine) -> HistoryLine:
    """An audit line as a page shows it."""
    return HistoryLine(
        line.seq,
        from_utc_text(line.at_utc),
        line.actor,
        line.action,
        line.subject,
        words_of(line),
    )


_WORDS: dict[str, str] = {
    "project.create": "Made the project",
    "documents.take_specs": "Took in spec documents",
    "settings.change": "Changed settings",
    "run.start": "Started the run",
    "run.resume": "Went on with the run",
    "run.finish": "The run ended: {verdict}",
    "run.stop": "The run stopped: {state}",
    "run.interrupted": "Found the run interrupted in {stage}",
    "run.publish": "Put the outputs of an interrupted stage in place",
    "run.stage": "{summary}",
    "mappings.approve": "Approved: {what}",
    "mappings.reject": "Rejected: {what}",
    "mappings.reclassify": "Reclassified: {what}",
    "mappings.set": "Edited: {what}",
    "mappings.accept_candidate": "Chose a suggestion: {what}",
    "mappings.undo": "Took back: {what}",
    "mappings.redo": "Did again: {what}",
    "schemas.correct": "Corrected {changed}",
    "schemas.accept": "Confirmed as read",
    "schemas.add": "Added: {what}",
    "schemas.withdraw": "Took back: {what}",
    "schemas.dismiss": "Dismissed a problem: {what}",
    "schemas.reopen": "Reopened: {what}",
    "schemas.confirm_rename": "Confirmed: {what}",
    "schemas.refuse_rename": "Refused a rename: {what}",
    "schemas.undo": "Took back: {what}",
    "schemas.redo": "Did again: {what}",
    "relationships.confirm": "Confirmed: {what}",
    "relationships.reject": "Rejected: {what}",
    "relationships.draw": "Drew: {what}",
    "relationships.withdraw": "Withdrew: {what}",
    "relationships.measure": "Measured {links} relationships",
    "relationships.export": "Wrote relationships to Excel",
    "relationships.undo": "Took back: {what}",
    "relationships.redo": "Did again: {what}",
    "readers.assign": "Said how columns are to be read: {what}",
    "readers.rename": "Renamed a reader profile: {what}",
    "readers.forget": "Forgot: {what}",
    "readers.undo": "Took back: {what}",
    "readers.redo": "Did again: {what}",
    "audit.export": "Wrote the audit to a file",
}


def words_of(line: AuditLine) -> str:
    """What was done, in words."""
    pattern = _WORDS.get(line.action, line.action.replace(".", " ").replace("_", " "))
    return pattern.format_map(_Detail(line.detail))


class _Detail(dict[str, object]):
    """A line's detail; what it does not say is left out."""

    def __missing__(self, key: str) -> str:
        return ""


def verify(session: ProjectSession) -> AuditVerdict:
    """Check every line, and that the chain holds the head last seen outside the file."""
    report = session.project.audit.verify()
    words = report.problem or (
        f"All {report.lines:,} lines hold"
        + ("" if report.anchored else "; there was no earlier head to compare with")
    )
    return AuditVerdict(report.ok, report.lines, report.first_broken, words)


def export(session: ProjectSession, path: Path) -> ChangeSet:
    """Write every line, oldest first, to a JSON Lines file; the last line names the head.

    The export is itself audited, so it ends with the line that says so.

    Raises:
        BadInput: the path is a folder, or the project file itself.
        EnvironmentTrouble: the file cannot be written.
    """
    target = path if path.is_absolute() else session.folder / path
    if target.is_dir() or SUFFIX in target.name:
        raise BadInput(
            "The audit cannot be written there",
            where=str(target),
            remedy="Name a new file, such as audit.jsonl",
        )
    with session.command(Permission.EXPORT, "audit.export", target.name):
        pass

    def fill(file: IO[bytes]) -> None:
        for line in session.project.audit.lines(newest_first=False):
            file.write(json.dumps(asdict(line), ensure_ascii=False).encode() + b"\n")
        head = session.project.audit.head()
        file.write(json.dumps({"head": asdict(head)}).encode() + b"\n")

    write_atomically(target, fill)
    return ChangeSet(((ChangeKind.AUDIT, ()),), message=f"Audit written to {target}")
