"""Gives the package build its version from the one version manifest."""

from __future__ import annotations

import json
from pathlib import Path

MANIFEST = Path(__file__).parent.parent / "app/caseload/services/version_manifest.json"


def current_version() -> str:
    """The current version, as the manifest has it."""
    return str(json.loads(MANIFEST.read_text(encoding="utf-8"))["current_version"])
