"""A project is made whole in a new or empty folder, or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from caseload.model.catalog import Side
from caseload.model.errors import BadInput, Refused
from caseload.services import audit, settings
from caseload.services.session import create_demo, create_project, find_project, open_project
from caseload.store.files import sha256_of


@pytest.fixture
def spec(tmp_path):
    path = tmp_path / "dictionary.csv"
    path.write_text("Table,Field\nPATDATA,IntPatNo\n", encoding="utf-8")
    return path


def test_spec_documents_are_copied_in_and_kept_with_their_hash(tmp_path, spec, clock):
    with create_project(tmp_path / "qvh", source_specs=(spec,), actor="anna", clock=clock) as made:
        (document,) = made.project.documents.specs(Side.SOURCE)
        assert document.stored_path == "requirement_spec/dictionary.csv"
        assert document.sha256 == sha256_of(made.folder / document.stored_path) == sha256_of(spec)
        assert (made.folder / "schemas/crosswalks/sex.csv").is_file()


def test_whoever_makes_a_project_owns_it(tmp_path, clock):
    with create_project(tmp_path / "qvh", actor="anna", clock=clock) as made:
        assert made.role == "OWNER"
        assert made.header().role == "OWNER"
        assert {line.actor for line in audit.lines(made)} == {"anna"}


def test_the_demo_takes_the_shipped_documents_and_their_settings(tmp_path, clock):
    with create_demo(tmp_path / "qvh", actor="anna", clock=clock) as made:
        assert [d.name for d in made.project.documents.specs(Side.TARGET)] == [
            "ardent_epr_migration_guide.pdf"
        ]
        assert len(settings.get(made, "mapping.priority_tables")) == 13
        header = made.header()
        assert (header.organisation, header.workspace, header.name) == (
            "Quarry Vale Hospitals",
            "PAS replacement",
            "Trial load 1",
        )


def contents(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*")}


def test_a_folder_that_holds_something_is_refused_and_left_as_it_was(tmp_path, clock):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(BadInput, match="not empty"):
        create_project(folder, clock=clock)
    assert contents(folder) == {"notes.txt"}


def test_a_project_is_not_made_over_another(session, clock):
    before = contents(session.folder)
    with pytest.raises(BadInput, match="already a project"):
        create_project(session.folder, clock=clock)
    assert contents(session.folder) == before


@pytest.mark.parametrize("name", ["missing.xlsx", "empty.xlsx", "folder"])
def test_a_spec_that_cannot_be_taken_leaves_no_project_behind(tmp_path, clock, name):
    (tmp_path / "empty.xlsx").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(BadInput) as refused:
        create_project(tmp_path / "new/qvh", source_specs=(tmp_path / name,), clock=clock)
    assert name in refused.value.where
    assert not (tmp_path / "new").exists()


def test_two_specs_of_one_name_are_refused(tmp_path, spec, clock):
    other = tmp_path / "other"
    other.mkdir()
    twin = other / spec.name
    twin.write_text("Table,Field\n")
    with pytest.raises(BadInput, match="Two spec documents"):
        create_project(tmp_path / "qvh", source_specs=(spec,), target_specs=(twin,), clock=clock)


@pytest.mark.skipif(os.name == "nt" or os.getuid() != 0, reason="needs to act as someone else")
@pytest.mark.parametrize("mode", [0o755, 0o700], ids=["readable", "unreadable"])
def test_a_folder_that_may_not_be_written_to_is_named(mode):
    code = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from caseload.model.errors import CaseloadError\n"
        "from caseload.services import creation\n"
        "from caseload.services.session import create_project\n"
        "os.setuid(65534)\n"
        "try: create_project(Path(sys.argv[1]))\n"
        "except CaseloadError as error: print(error.exit_code, error)\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        place.chmod(mode)
        done = subprocess.run(
            [sys.executable, "-c", code, str(place / "qvh")],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout.startswith("2 "), done.stderr
        assert str(place) in done.stdout
        assert not any(place.iterdir())


def test_a_second_writer_is_refused_with_the_holder_named(session, clock):
    with pytest.raises(Refused, match="anna"):
        open_project(session.folder, actor="bob", clock=clock)


def test_a_second_person_may_read_and_sees_who_holds_the_project(session, clock):
    with open_project(session.folder, read_only=True, actor="bob", clock=clock) as reader:
        assert reader.header().read_only
        assert "anna" in reader.header().holder
        assert reader.role == "CONTRIBUTOR"


def test_a_project_of_a_newer_version_is_refused_untouched(session):
    session.close()
    (path,) = session.folder.glob("*.caseload")
    content = bytearray(path.read_bytes())
    content[60:64] = (9999).to_bytes(4, "big")
    path.write_bytes(content)
    with pytest.raises(BadInput, match="newer Caseload"):
        open_project(session.folder)
    assert path.read_bytes() == content


def test_the_project_is_the_one_named_then_the_present_folder_then_the_variable(
    session, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadInput, match="No project was named"):
        find_project()
    assert find_project(session.folder) == session.folder
    monkeypatch.setenv("CASELOAD_PROJECT", str(session.folder))
    assert find_project() == session.folder
    monkeypatch.delenv("CASELOAD_PROJECT")
    monkeypatch.chdir(session.folder)
    assert find_project() == session.folder


def test_a_folder_without_a_project_is_named(tmp_path):
    with pytest.raises(BadInput) as refused:
        open_project(tmp_path / "nowhere")
    assert "nowhere" in refused.value.where
