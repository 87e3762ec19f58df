"""What people decided about links between tables, as stages are told it."""

from __future__ import annotations

from typing import Any

from caseload.model.relationship import told
from caseload.store.project_file import ProjectFile


def link_inputs(project: ProjectFile) -> list[dict[str, Any]]:
    """The `relationships` of a stage's inputs: decisions that hold, of both sides."""
    return told(project.relationships.decisions())
