"""Runs as rows: what was asked, what each stage did, and where it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from caseload.model.stage import RunState, Stage, Verdict
from caseload.store.database import Database
from caseload.store.records import OutputFile, PendingPublish, RunRecord, StageRecord, utc_text
from caseload.store.schema import run, run_output, run_stage

_ENDED = (RunState.DONE, RunState.FAILED, RunState.CANCELLED, RunState.INTERRUPTED)
_RESUMABLE = (RunState.INTERRUPTED, RunState.CANCELLED)


class Runs:
    """Every run ever made.  Methods that change anything need an open transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(
        self, stages: Sequence[Stage], options: Mapping[str, Any], *, actor: str, at: datetime
    ) -> RunRecord:
        """Record a new run under the next number."""
        connection = self._database.current
        last = connection.execute(select(func.max(run.c.number))).scalar()
        number = int(last or 0) + 1
        connection.execute(
            insert(run).values(
                number=number,
                state=RunState.RUNNING.value,
                stages=[s.value for s in stages],
                options=dict(options),
                actor=actor,
                started_at=utc_text(at),
                ended_at="",
                verdict="",
            )
        )
        return self.get(number)

    def reopen(self, number: int) -> RunRecord:
        """Note that a run which had stopped goes on."""
        self._set_run(number, state=RunState.RUNNING.value, ended_at="", verdict="")
        return self.get(number)

    def begin_attempt(
        self, number: int, stage: Stage, *, at: datetime, input_hash: str, log_path: str
    ) -> StageRecord:
        """Record a new attempt at a stage of a run."""
        connection = self._database.current
        last = connection.execute(
            select(func.max(run_stage.c.attempt)).where(
                run_stage.c.run_number == number, run_stage.c.stage == stage.value
            )
        ).scalar()
        moment = utc_text(at)
        record = StageRecord(
            run_number=number,
            stage=stage,
            position=self.get(number).stages.index(stage),
            attempt=int(last or 0) + 1,
            state=RunState.RUNNING,
            heartbeat=moment,
            started_at=moment,
            input_hash=input_hash,
            log_path=log_path,
        )
        connection.execute(
            insert(run_stage).values(
                run_number=number,
                stage=stage.value,
                attempt=record.attempt,
                position=record.position,
                state=record.state.value,
                heartbeat=moment,
                started_at=moment,
                input_hash=input_hash,
                log_path=log_path,
                figures={},
                error={},
            )
        )
        return record

    def beat(self, attempt: StageRecord, at: datetime) -> None:
        """Say that the attempt is alive."""
        self._set_attempt(attempt, heartbeat=utc_text(at))

    def note_inputs(self, attempt: StageRecord, input_hash: str) -> None:
        """Record the hash of what the attempt works from."""
        self._set_attempt(attempt, input_hash=input_hash)

    def begin_publishing(
        self,
        attempt: StageRecord,
        *,
        at: datetime,
        verdict: Verdict,
        summary: str,
        figures: Mapping[str, Any],
        output_hash: str,
    ) -> None:
        """Record what a stage answered; it is done once its outputs are in place."""
        self._set_attempt(
            attempt,
            state=RunState.PUBLISHING.value,
            heartbeat=utc_text(at),
            ended_at=utc_text(at),
            verdict=verdict.value,
            summary=summary,
            figures=dict(figures),
            output_hash=output_hash,
        )

    def finish_published(self, pending: PendingPublish, *, complete: bool = True) -> None:
        """Record that a stage's outputs are in place, or could not all be put there."""
        state = RunState.DONE if complete else RunState.FAILED
        values: dict[str, Any] = {"state": state.value}
        if not complete:
            values["error"] = {
                "error": "EnvironmentTrouble",
                "what": "Some outputs were gone before they could be put in place",
                "remedy": "Run the stage again",
            }
        self._database.current.execute(
            update(run_stage)
            .where(
                run_stage.c.run_number == pending.run_number,
                run_stage.c.stage == pending.stage.value,
                run_stage.c.attempt == pending.attempt,
            )
            .values(**values)
        )

    def stop(
        self, attempt: StageRecord, state: RunState, *, at: datetime, error: Mapping[str, Any]
    ) -> None:
        """Record that an attempt ended without outputs: FAILED or CANCELLED."""
        self._set_attempt(attempt, state=state.value, ended_at=utc_text(at), error=dict(error))

    def end(self, number: int, state: RunState, *, at: datetime) -> RunRecord:
        """Record the end of a run; its verdict is FAIL if any stage's is."""
        verdict = _verdict(self.get(number)) if state is RunState.DONE else None
        self._set_run(
            number,
            state=state.value,
            ended_at=utc_text(at),
            verdict=verdict.value if verdict else "",
        )
        return self.get(number)

    def mark_interrupted(self, number: int, at: datetime) -> str:
        """Settle a run whose process went away; the name of the stage it was in, or "".

        A run whose last stage had finished is done, not interrupted.
        """
        self._database.current.execute(
            update(run_stage)
            .where(run_stage.c.run_number == number, run_stage.c.state == RunState.RUNNING.value)
            .values(state=RunState.INTERRUPTED.value)
        )
        found = self.get(number)
        state = RunState.INTERRUPTED if found.remaining else RunState.DONE
        self.end(number, state, at=at)
        hit = [a.stage.value for a in found.attempts if a.state is RunState.INTERRUPTED]
        return hit[-1] if hit else ""

    def get(self, number: int) -> RunRecord:
        """The run of that number.

        Raises:
            KeyError: there is none.
        """
        found = self._load(select(run).where(run.c.number == number))
        if not found:
            raise KeyError(number)
        return found[0]

    def all(self, *, limit: int | None = None) -> list[RunRecord]:
        """Runs, newest first."""
        return self._load(select(run).order_by(run.c.number.desc()).limit(limit))

    def latest(self) -> RunRecord | None:
        """The newest run."""
        found = self.all(limit=1)
        return found[0] if found else None

    def unfinished(self) -> list[RunRecord]:
        """Runs on record as going on; when a project was just opened, none really is."""
        ended = [state.value for state in _ENDED]
        return self._load(select(run).where(run.c.state.not_in(ended)).order_by(run.c.number))

    def latest_resumable(self) -> RunRecord | None:
        """The newest run, if it was interrupted or cancelled and has stages to do."""
        found = self.latest()
        return found if found and found.state in _RESUMABLE and found.remaining else None

    def latest_done(self, stage: Stage) -> StageRecord | None:
        """The newest finished attempt at `stage`, over all runs."""
        query = (
            select(run_stage)
            .where(run_stage.c.stage == stage.value, run_stage.c.state == RunState.DONE.value)
            .order_by(run_stage.c.run_number.desc(), run_stage.c.attempt.desc())
            .limit(1)
        )
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return _attempt(row) if row else None

    def outputs(self, number: int, stage: Stage | None = None) -> list[OutputFile]:
        """The files a run put out, by path, with the hashes they had then."""
        query = select(run_output).where(run_output.c.run_number == number)
        if stage is not None:
            query = query.where(run_output.c.stage == stage.value)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(run_output.c.path)).all()
        return [OutputFile(r.path, r.sha256, r.size) for r in rows]

    def _load(self, query: Any) -> list[RunRecord]:
        with self._database.read() as connection:
            rows = connection.execute(query).all()
            numbers = [row.number for row in rows]
            attempts = connection.execute(
                select(run_stage)
                .where(run_stage.c.run_number.in_(numbers))
                .order_by(run_stage.c.run_number, run_stage.c.position, run_stage.c.attempt)
            ).all()
        by_run: dict[int, list[StageRecord]] = {}
        for row in attempts:
            by_run.setdefault(row.run_number, []).append(_attempt(row))
        return [_run(row, by_run.get(row.number, [])) for row in rows]

    def _set_run(self, number: int, **values: Any) -> None:
        self._database.current.execute(update(run).where(run.c.number == number).values(**values))

    def _set_attempt(self, attempt: StageRecord, **values: Any) -> None:
        self._database.current.execute(
            update(run_stage)
            .where(
                run_stage.c.run_number == attempt.run_number,
                run_stage.c.stage == attempt.stage.value,
                run_stage.c.attempt == attempt.attempt,
            )
            .values(**values)
        )


def _verdict(record: RunRecord) -> Verdict | None:
    verdicts = [
        attempt.verdict
        for attempt in (record.latest(stage) for stage in record.stages)
        if attempt and attempt.verdict
    ]
    if not verdicts:
        return None
    return Verdict.FAIL if Verdict.FAIL in verdicts else Verdict.PASS


def _run(row: Row[Any], attempts: list[StageRecord]) -> RunRecord:
    return RunRecord(
        number=row.number,
        state=RunState(row.state),
        stages=tuple(Stage(s) for s in row.stages),
        options=row.options,
        actor=row.actor,
        started_at=row.started_at,
        ended_at=row.ended_at,
        verdict=Verdict(row.verdict) if row.verdict else None,
        attempts=tuple(attempts),
    )


def _attempt(row: Row[Any]) -> StageRecord:
    return StageRecord(
        run_number=row.run_number,
        stage=Stage(row.stage),
        position=row.position,
        attempt=row.attempt,
        state=RunState(row.state),
        heartbeat=row.heartbeat,
        input_hash=row.input_hash,
        output_hash=row.output_hash,
        started_at=row.started_at,
        ended_at=row.ended_at,
        verdict=Verdict(row.verdict) if row.verdict else None,
        figures=row.figures,
        summary=row.summary,
        log_path=row.log_path,
        error=row.error,
    )
