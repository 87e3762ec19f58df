"""Prints made guides through an office program, a browser, or straight to PDF."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .guides_content import truth_of
from .guides_docx import write_docx
from .guides_drawn import write_drawn
from .guides_html import write_html
from .guides_look import Look
from .guides_truth import Load

PROGRAMS = {"office": "soffice", "browser": "chromium", "drawn": ""}
_BATCH = 24


def can_print(producer: str) -> bool:
    """Whether the program that a producer needs is installed."""
    program = PROGRAMS[producer]
    return not program or shutil.which(program) is not None


def print_all(
    folder: Path, looks: Sequence[Look], *, tables: int = 4, fields: int = 14
) -> list[tuple[Look, Path, list[Load]]]:
    """Print each layout into `folder`; several documents share one start of the office program."""
    made = []
    for number, look in enumerate(looks):
        loads = truth_of(look, tables=tables, fields=fields)
        made.append((look, folder / f"{look.producer}_{number:03}.pdf", loads))
    for look, path, loads in made:
        if look.producer == "drawn":
            write_drawn(path, look, loads)
        elif look.producer == "office":
            write_docx(path.with_suffix(".docx"), look, loads)
        else:
            write_html(path.with_suffix(".html"), look, loads)
    office = [path.with_suffix(".docx") for look, path, _ in made if look.producer == "office"]
    for start in range(0, len(office), _BATCH):
        _convert(folder, office[start : start + _BATCH])
    pages = [path.with_suffix(".html") for look, path, _ in made if look.producer == "browser"]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(_browse, pages))
    return made


def _convert(folder: Path, documents: Sequence[Path]) -> None:
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to",
             "pdf", "--outdir", str(folder), *map(str, documents)],
            check=True, capture_output=True, timeout=600,
        )  # fmt: skip


def _browse(page: Path) -> None:
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu",
             f"--user-data-dir={profile}", "--no-pdf-header-footer",
             f"--print-to-pdf={page.with_suffix('.pdf')}", page.as_uri()],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
