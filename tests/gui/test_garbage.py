"""Cycles are found on the main thread; very many new objects never hold it."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtTest import QTest

from caseload.gui import garbage
from caseload.gui.work import JobCentre


class Ring:
    """Holds itself, so that only the collector frees it."""

    def __init__(self) -> None:
        self.own = self


@pytest.fixture
def collector(jobs: JobCentre) -> Iterator[garbage.IdleCollector]:
    made = garbage.IdleCollector(jobs)
    yield made
    made.close()


@pytest.mark.parametrize("many", [garbage._WORTH_IT * 2, garbage._TOO_MANY * 2])
def test_cycles_are_freed_when_nobody_touches_the_window(
    collector: garbage.IdleCollector, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    monkeypatch.setattr(garbage, "_REST_S", 0.0)
    gone = [weakref.ref(Ring()) for _ in range(many)]
    QTest.qWait(5 * garbage._TICK_MS)
    assert not any(ref() for ref in gone)


def test_very_many_new_objects_are_not_walked_while_somebody_works(
    collector: garbage.IdleCollector,
) -> None:
    gone = [weakref.ref(Ring()) for _ in range(garbage._TOO_MANY * 2)]
    before = [s["collections"] for s in gc.get_stats()]
    QTest.qWait(2 * garbage._TICK_MS)
    assert gc.get_freeze_count() >= garbage._TOO_MANY * 2
    assert [s["collections"] for s in gc.get_stats()][1:] == before[1:]
    assert all(ref() for ref in gone)
