"""Asking to stop more than once, as an impatient person does."""

from __future__ import annotations

from caseload.model.progress import CancelToken


def test_asking_twice_to_stop_stops_once() -> None:
    token = CancelToken()
    told: list[str] = []
    token.on_cancel(lambda: told.append("stop"))
    token.cancel()
    token.cancel()
    assert told == ["stop"]


def test_who_comes_after_the_cancel_is_told_at_once() -> None:
    token = CancelToken()
    token.cancel()
    told: list[str] = []
    token.on_cancel(lambda: told.append("stop"))
    assert told == ["stop"]
