"""Puts the files that ship with the program into the wheel; a checkout uses them in place."""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SHIPPED = {
    "resources": "caseload/_shipped/resources",
    "requirement_spec": "caseload/_shipped/requirement_spec",
    "schemas": "caseload/_shipped/schemas",
    "docs/release-notes": "caseload/_shipped/release-notes",
}


class ShipFiles(BuildHookInterface):  # type: ignore[type-arg]
    """Adds the shipped folders to every wheel but an editable one."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by the build with `version` "standard" or "editable"."""
        if version != "editable":
            build_data["force_include"].update(SHIPPED)
