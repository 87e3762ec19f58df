"""Placeholder while the module is written."""

import typer


def register(app: typer.Typer) -> None:
    """Nothing yet."""
