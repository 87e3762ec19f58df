"""The house rules that no linter knows."""

import json
import re
import subprocess
import sys
from importlib.metadata import version as installed_version
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "app/caseload"
MANIFEST = json.loads((PACKAGE / "services/version_manifest.json").read_text(encoding="utf-8"))


def test_manifest_package_changelog_and_release_notes_agree_on_the_version():
    current = MANIFEST["current_version"]
    assert MANIFEST["history"][0]["version"] == current
    assert MANIFEST["history"][0]["released_on"] == MANIFEST["released_on"]
    assert installed_version("caseload") == current
    assert f"## [{current}] - {MANIFEST['released_on']}" in (ROOT / "CHANGELOG.md").read_text()
    for release in MANIFEST["history"]:
        notes = ROOT / f"docs/release-notes/v{release['version']}.md"
        assert notes.read_text(encoding="utf-8").startswith(f"# Caseload {release['version']} ")


def test_every_module_says_why_it_exists_and_stays_readable():
    too_long = []
    for path in sorted(PACKAGE.rglob("*.py")):
        lines = path.read_text(encoding="utf-8").splitlines()
        assert lines, f"{path} is empty"
        assert re.match(r'r?"""', lines[0]), f"{path} does not say why it exists"
        if len(lines) > 430:
            too_long.append(f"{path.relative_to(ROOT)}: {len(lines)}")
    assert not too_long


def test_the_program_never_reads_the_answer_key():
    readers = [p for p in PACKAGE.rglob("*.py") if "answer_key" in p.read_text(encoding="utf-8")]
    assert readers == []


def test_every_locked_library_has_a_hash():
    for name in ("requirements.lock", "dev.lock"):
        text = (ROOT / "packaging" / name).read_text(encoding="utf-8")
        for block in re.split(r"\n(?=\S)", text.strip()):
            assert "--hash=sha256:" in block, f"{name}: {block.splitlines()[0]}"


@pytest.mark.parametrize("arguments", [[], ["install"], ["setup", "now"]])
def test_bootstrap_explains_itself_when_called_wrongly(arguments):
    script = ROOT / "packaging/bootstrap.py"
    done = subprocess.run([sys.executable, script, *arguments], capture_output=True, text=True)
    assert done.returncode == 2
    assert "python3 packaging/bootstrap.py run" in done.stderr
