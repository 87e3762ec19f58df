"""Small guides printed by an office program and a browser, kept with their truth.

They let the suite check such documents where neither program is installed.  To print them anew:
`python -m specs.guides_golden` from tests/unit.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from .guides_look import Look, looks
from .guides_print import print_all
from .guides_truth import Fact, Load

FOLDER = Path(__file__).resolve().parents[2] / "data" / "guides"
CHOSEN = (
    ("office", "as the vendor prints it"),
    ("office", "rules under rows, no repeat"),
    ("office", "no rules"),
    ("office", "outer frame only"),
    ("office", "middle, rules under rows"),
    ("office", "merged type and length"),
    ("browser", "dotted rules"),
    ("browser", "many columns"),
    ("browser", "centred"),
)
_SEED = 11


def chosen() -> list[Look]:
    """The layouts of the kept guides, none of them kept back from tuning."""
    found = [
        next(look for look in looks(producer, _SEED) if look.family == family)
        for producer, family in CHOSEN
    ]
    return [look for look in found if not look.kept_back]


def kept_guides() -> list[Path]:
    """The kept guides; beside each lies its truth as JSON."""
    return sorted(FOLDER.glob("*.pdf"))


def truth_beside(path: Path) -> list[Load]:
    """The truth of a kept guide."""
    told = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    return [
        Load(one["name"], one["about"], one["order"], [_fact(fact) for fact in one["facts"]])
        for one in told
    ]


def _fact(told: dict[str, Any]) -> Fact:
    known = {f.name for f in fields(Fact)}
    plain = {k: tuple(v) if k in ("fk", "values") else v for k, v in told.items() if k in known}
    return Fact(**plain)


def main() -> None:
    """Print the kept guides anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        for look, path, loads in print_all(Path(temporary), chosen(), tables=3, fields=12):
            words = look.family.replace(",", "").replace(" ", "_")
            target = FOLDER / f"{look.producer}_{words}.pdf"
            target.write_bytes(path.read_bytes())
            text = json.dumps([asdict(load) for load in loads], ensure_ascii=False, indent=1)
            target.with_suffix(".json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
