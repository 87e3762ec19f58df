"""The one version manifest, read without importing anything heavy."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

MANIFEST = Path(__file__).with_name("version_manifest.json")


@dataclass(frozen=True, slots=True)
class Release:
    """One released version, `released_on` as YYYY-MM-DD."""

    version: str
    released_on: str
    summary: str


@dataclass(frozen=True, slots=True)
class VersionManifest:
    """What this program is; `history` newest first."""

    product_name: str
    current_version: str
    released_on: str
    history: tuple[Release, ...]


def manifest() -> VersionManifest:
    """The manifest that ships with the program."""
    data = json.loads(MANIFEST.read_text(encoding="utf-8"))
    return VersionManifest(
        product_name=data["product_name"],
        current_version=data["current_version"],
        released_on=data["released_on"],
        history=tuple(Release(**entry) for entry in data["history"]),
    )
