"""What the window remembers on this machine: its place, widths, folded rail, theme."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


class Memory:
    """A few values in a small JSON file; without a path they last as long as the window."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._values: dict[str, Any] = {}
        if path is not None and path.is_file():
            try:
                found = json.loads(path.read_text(encoding="utf-8"))
            except (OSError, ValueError):
                found = {}
            self._values = found if isinstance(found, dict) else {}

    def get(self, key: str, otherwise: Any = None) -> Any:
        """A remembered value."""
        return self._values.get(key, otherwise)

    def put(self, key: str, value: Any) -> None:
        """Remember a value; a disk that refuses is no reason to stop."""
        if self._values.get(key) == value:
            return
        self._values[key] = value
        if self._path is None:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            aside = self._path.with_suffix(".part")
            aside.write_text(json.dumps(self._values, indent=1), encoding="utf-8")
            aside.replace(self._path)
        except OSError:
            return
