"""What the generator promises for any catalog: determinism, faults as listed, clear refusals."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from mock_catalogs import HOSPITAL, from_words, make, pack_source, pack_target

from caseload.mockdata import generate
from caseload.mockdata.faults import KINDS
from caseload.mockdata.numbers import check_digits, nhs_numbers
from caseload.mockdata.streams import Streams
from caseload.model.catalog import Catalog, Side
from caseload.model.errors import BadInput, Cancelled
from caseload.model.progress import CancelToken, SilentProgress
from caseload.model.stage import Stage, StageJob, StageOptions


def digests(folder: Path) -> dict[str, str]:
    """Every file below a folder with its hash."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*.csv"))
    }


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(small):
    folder, source, target = small
    first = digests(make(folder, source, target, rows=30, seed=7).folder)
    assert digests(make(folder, source, target, rows=30, seed=7).folder) == first
    other = digests(make(folder, source, target, rows=30, seed=8).folder)
    assert other.keys() == first.keys()
    assert other["mock_data/source/PERSON.csv"] != first["mock_data/source/PERSON.csv"]


def test_a_further_table_changes_no_other(tmp_path, small):
    _, source, target = small
    wider = from_words(HOSPITAL + "\nBEDLOG: BedLogId NUMBER 8 key, Remark VARCHAR 30", Side.SOURCE)
    before = digests(make(tmp_path / "a", source, target, rows=12, seed=3).folder)
    after = digests(make(tmp_path / "b", wider, target, rows=12, seed=3).folder)
    assert {k: v for k, v in after.items() if "BEDLOG" not in k} == before


def test_a_foreign_catalog_gets_typed_rows_with_keys_that_hold(small):
    folder, source, target = small
    made = make(folder, source, target, rows=25, seed=1)
    people = made.table("PERSON")
    assert len(people) == 25
    assert len({p["PersonId"] for p in people}) == 25
    assert {s["PersonId"] for s in made.table("STAY")} <= {p["PersonId"] for p in people}
    for row in made.table("STAY"):
        assert datetime.strptime(row["AdmissionDate"], "%d/%m/%Y").replace(tzinfo=UTC)
    persons = {p["person_id"] for p in made.table("person", "target")}
    visits = {v["visit_occurrence_id"] for v in made.table("visit_occurrence", "target")}
    assert persons
    assert visits
    conditions = made.table("condition_occurrence", "target")
    assert {c["person_id"] for c in conditions} <= persons
    assert {c["visit_occurrence_id"] for c in conditions} - {""} <= visits


@pytest.mark.parametrize("rows", [1, 2, 5])
def test_even_one_patient_fills_every_load_file(tmp_path, rows):
    source, target = from_words(HOSPITAL, Side.SOURCE), pack_target()
    made = make(tmp_path, source, target, rows=rows, seed=42)
    assert all(made.table(name, "target") for name in target.tables)


def test_an_empty_catalog_gives_the_feeds_alone(tmp_path):
    made = make(tmp_path, Catalog(Side.SOURCE), Catalog(Side.TARGET), rows=3)
    assert made.result.figures["source_tables"] == 4


def test_the_list_of_faults_is_exactly_what_was_changed(tmp_path):
    source, target = pack_source(), from_words("X: Id NUMBER 9 key", Side.TARGET)
    wanted = ("PATDATA", "PATALLERGY", "PATALIAS", "REFERRAL", "ADMITDISCH", "PATNOK", "PATIDENT")
    source.tables = {n: t for n, t in source.tables.items() if n in wanted}
    target = pack_target()
    clean = make(tmp_path, source, target, rows=40, seed=42)
    spoilt = make(tmp_path, source, target, rows=40, seed=42, faults=5.0)
    listed = {(f["table_name"], int(f["line"]), f["field_name"]) for f in spoilt.faults()}
    assert {f["fault"] for f in spoilt.faults()} == set(KINDS)
    assert clean.faults() == []
    found = set()
    for name in wanted:
        before, after = clean.table(name), spoilt.table(name)
        for line, row in enumerate(after, 2):
            if line - 2 >= len(before):
                found.add((name, line, "IntPatNo"))
                continue
            for field, value in row.items():
                if value != before[line - 2][field]:
                    found.add((name, line, field))
    assert found == listed
    assert spoilt.result.figures["faults"] == len(spoilt.faults())


def job(folder: Path, **options: object) -> StageJob:
    """A job on a folder without anything in it."""
    return StageJob(
        Stage.GENERATE_MOCK_DATA,
        folder,
        folder / "work",
        StageOptions(**options),  # type: ignore[arg-type]
        datetime(2026, 4, 1, tzinfo=UTC),
        "run-0001",
    )


@pytest.mark.parametrize("rows", [0, -3])
def test_no_patients_is_refused_and_nothing_written(tmp_path, rows):
    with pytest.raises(BadInput) as refused:
        generate.run(job(tmp_path, rows=rows), SilentProgress(), CancelToken())
    assert refused.value.where == "--rows"
    assert list(tmp_path.iterdir()) == []


def test_faults_are_a_percentage(tmp_path):
    with pytest.raises(BadInput) as refused:
        generate.run(job(tmp_path, faults=101.0), SilentProgress(), CancelToken())
    assert refused.value.where == "--faults"


def test_it_stops_when_cancelled(small):
    folder, source, target = small
    make(folder, source, target, rows=1)
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        generate.run(job(folder / "project", rows=5), SilentProgress(), token)


def test_nhs_numbers_go_on_to_the_end_of_their_range():
    numbers = nhs_numbers(200_000, Streams(1).rng("nhs"))
    assert len(set(numbers.tolist())) == 200_000
    assert ((numbers // 10_000_000) == 999).all()
    assert (check_digits(numbers // 10) == numbers % 10).all()
