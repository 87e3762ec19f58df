"""Where the files that ship with the program are: resources, the spec pack, code lists."""

from __future__ import annotations

from pathlib import Path


def shipped_root() -> Path:
    """The folder that holds `resources/`, `requirement_spec/` and `schemas/`.

    In an installed package that is `caseload/_shipped`; in a checkout, its top folder.
    """
    package = Path(__file__).resolve().parent.parent
    packed = package / "_shipped"
    return packed if packed.is_dir() else package.parent.parent
