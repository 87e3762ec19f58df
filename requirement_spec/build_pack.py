"""Build the shipped spec pack from ``description/``; with ``--check`` only compare.

Run from anywhere: ``python requirement_spec/build_pack.py [--check]``. Needs
openpyxl, python-docx and reportlab; the bytes written depend on their versions.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(HERE))

from builder.answers import build_csv_files  # noqa: E402
from builder.checks import find_errors, find_warnings  # noqa: E402
from builder.dictionary import build_extract, build_workbook  # noqa: E402
from builder.guide import build_guide  # noqa: E402
from builder.model import Pack  # noqa: E402
from builder.parse import DescriptionError, read_pack  # noqa: E402


def build_files(pack: Pack) -> dict[str, bytes]:
    """Every file of the pack by its path from the repository's root."""
    return {
        "requirement_spec/merrow_pas_data_dictionary.xlsx": build_workbook(pack),
        "requirement_spec/merrow_pas_dictionary_extract.docx": build_extract(pack),
        "requirement_spec/ardent_epr_migration_guide.pdf": build_guide(
            pack, HERE / "description" / "guide"
        ),
        **build_csv_files(pack),
    }


def write_files(files: dict[str, bytes], root: Path) -> None:
    """Write *files* below *root*, making folders as needed."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def compare(files: dict[str, bytes], root: Path) -> list[str]:
    """Names of the files that differ from those below *root*, or are missing or left over."""
    differing = [
        name
        for name, content in files.items()
        if not (root / name).is_file() or (root / name).read_bytes() != content
    ]
    for folder in sorted({str(Path(name).parent) for name in files if name.endswith(".csv")}):
        present = {f"{folder}/{path.name}" for path in (root / folder).glob("*.csv")}
        differing += sorted(present - files.keys())
    return differing


def main() -> int:
    """Build or check; 0 when all is well, 1 when something differs, 2 on a bad description."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with the committed files")
    parser.add_argument("--force", action="store_true", help="build in spite of errors")
    options = parser.parse_args()
    try:
        pack = read_pack(HERE / "description")
    except DescriptionError as problem:
        print(problem, file=sys.stderr)
        return 2
    for warning in find_warnings(pack):
        print(f"warning: {warning}", file=sys.stderr)
    errors = find_errors(pack)
    for error in errors:
        print(f"error: {error}", file=sys.stderr)
    if errors and not options.force:
        return 2
    files = build_files(pack)
    if options.check:
        with tempfile.TemporaryDirectory() as folder:
            write_files(files, Path(folder))
        differing = compare(files, ROOT)
        print("\n".join(differing) or f"{len(files)} files are as committed")
        return 1 if differing else 0
    write_files(files, ROOT)
    print(f"{len(files)} files written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
