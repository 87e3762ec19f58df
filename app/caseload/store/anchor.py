"""The audit's head, kept outside the project file.

A hash chain shows an edited, missing, moved or added line, but not that its end was cut off,
that it was rebuilt from some line on, or that an old copy of the file was put back.  Those
show when the chain no longer holds the line that was last seen, in the person's own profile
folder.  An anchor is of one project file in one place: a copy that somebody works on elsewhere
has its own, and does not make the original look like an old copy.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from caseload.store.files import write_text
from caseload.store.records import AuditHead


class Anchor:
    """The last head seen of the project file at `place`; without a folder, nothing is kept."""

    def __init__(self, folder: Path | None, project_id: str, place: Path) -> None:
        self._project_id = project_id
        mark = hashlib.sha256(str(place.resolve()).encode()).hexdigest()[:16]
        self.path = folder / f"{project_id}-{mark}.json" if folder else None

    def read(self) -> AuditHead | None:
        """The head last kept; None when there is none.

        An anchor that cannot be understood counts as one that no chain holds: it was there,
        and somebody damaged it.
        """
        if self.path is None or not self.path.exists():
            return None
        try:
            data = json.loads(self.path.read_text(encoding="utf-8"))
            head = AuditHead(int(data["seq"]), str(data["hash"]))
        except (OSError, ValueError, KeyError, TypeError):
            return AuditHead(-1, "")
        return head if data.get("project_id") == self._project_id else AuditHead(-1, "")

    def write(self, head: AuditHead) -> None:
        """Keep `head` in the place of the one before.

        Raises:
            EnvironmentTrouble: the folder cannot be written to.
        """
        if self.path is None:
            return
        data = {"project_id": self._project_id, "seq": head.seq, "hash": head.hash}
        write_text(self.path, json.dumps(data, sort_keys=True) + "\n")
