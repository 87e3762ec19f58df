"""What the shell itself asks of the services; pages use the services as they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from caseload.model.views import ChangeSet, ProjectHeader


@dataclass(frozen=True, slots=True)
class Hit:
    """Something the palette found: `kind` groups it (Fields, Tables, Documents).

    Opening it opens `page` with `filters`.
    """

    kind: str
    icon: str
    title: str
    detail: str
    where: str
    page: str
    filters: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Badge:
    """A count on the rail: how many, and how bad (warn, error, info)."""

    count: int
    kind: str = "warn"
    words: str = ""


class Source(Protocol):
    """The shell's questions; every one is asked on a worker thread."""

    def header(self) -> ProjectHeader:
        """Where we are, who we are, the state of the project."""

    def badges(self) -> dict[str, Badge]:
        """Counts for the rail by page id."""

    def search(self, text: str, limit: int) -> Sequence[Hit]:
        """Tables, fields and documents whose names match."""

    def undo(self) -> ChangeSet:
        """Take back the last command that can be taken back."""

    def problems(self) -> Sequence[tuple[str, str, str]]:
        """What the tray lists as problems: kind, title, detail."""
