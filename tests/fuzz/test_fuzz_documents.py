"""Damaged documents end as a reading or as one clear refusal, whatever is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from caseload.model.errors import BadInput
from caseload.model.progress import CancelToken, SilentProgress
from caseload.specs.sandbox import read_documents

from .campaign import run
from .mutate import mutant
from .samples import MAKERS, samples

SEEDS = range(20)


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return samples(tmp_path_factory.mktemp("samples"))


def test_mutants_are_the_same_for_the_same_seed(pool: dict[str, bytes]) -> None:
    name = "plain.csv"
    assert mutant(pool[name], name, pool, 7) == mutant(pool[name], name, pool, 7)
    assert len({mutant(pool[name], name, pool, seed) for seed in range(40)}) > 30


def test_mutants_break_no_reader(pool: dict[str, bytes], tmp_path: Path) -> None:
    tally = run(pool, SEEDS, tmp_path)
    assert sum(tally.outcomes.values()) == len(SEEDS) * len(MAKERS)
    assert tally.odd == []
    assert tally.most_memory[0] < 900


def test_the_sandbox_answers_mutants_with_one_message_or_a_reading(
    pool: dict[str, bytes], tmp_path: Path
) -> None:
    for seed, (name, data) in enumerate(pool.items(), 1_000):
        (tmp_path / name).write_bytes(mutant(data, name, pool, seed))
        what, where = answer(tmp_path / name)
        assert what
        assert name in where


def answer(path: Path) -> tuple[str, str]:
    """What the sandbox says of a document, and of which."""
    try:
        (reading,) = read_documents([(path, path.name)], SilentProgress(), CancelToken())
    except BadInput as error:
        return error.what, error.where
    return f"{len(reading.tables)} tables", reading.document.name
