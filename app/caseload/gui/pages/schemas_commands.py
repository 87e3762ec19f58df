"""What a person decides on the Schemas page, as calls that a worker thread makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from caseload.gui.pages.lifecycle_run import RunWatch
from caseload.gui.pages.schemas_presenter import SchemasPresenter
from caseload.model.catalog import Side
from caseload.model.progress import CancelToken, Progress
from caseload.model.stage import Stage
from caseload.model.views import ChangeKind, ChangeSet, FieldQuery

Command = Callable[[], ChangeSet]
Edits = Sequence[tuple[str, str, Mapping[str, Any]]]
Names = Sequence[tuple[str, str]]
Documents = Mapping[Side, Sequence[str]]


class SchemaCommands:
    """Makes the commands of the side that is shown."""

    def __init__(self, session: Any, presenter: SchemasPresenter) -> None:
        self._session = session
        self._presenter = presenter

    def correct(self, edits: Edits, why: str) -> Command:
        """Put fields right."""
        session, side, wanted = self._session, self._presenter.side, list(edits)

        def command() -> ChangeSet:
            from caseload.services import schemas

            return schemas.correct_fields(session, side, wanted, why)

        return command

    def accept(self, names: Names) -> Command:
        """Say that fields were read right."""
        session, side, wanted = self._session, self._presenter.side, list(names)

        def command() -> ChangeSet:
            from caseload.services import schemas

            return schemas.accept_fields(session, side, wanted)

        return command

    def accept_matching(self, query: FieldQuery, but: frozenset[str]) -> Command:
        """Say that all fields that match were read right, but a few."""
        session = self._session

        def command() -> ChangeSet:
            from caseload.services import schemas

            names = schemas.names_matching(session, query)
            kept = [(t, f) for t, f in names if f"{t}.{f}" not in but]
            return schemas.accept_fields(session, query.side, kept)

        return command

    def remove(self, names: Names, why: str) -> Command:
        """Say that fields are none."""
        return self.correct([(t, f, {"removed": True}) for t, f in names], why)

    def withdraw(self, names: Names) -> Command:
        """Take corrections back."""
        session, side, wanted = self._session, self._presenter.side, list(names)

        def command() -> ChangeSet:
            from caseload.services import schemas

            return schemas.withdraw(session, side, wanted)

        return command

    def add(self, table: str, name: str, changes: Mapping[str, Any], why: str) -> Command:
        """Add a field, or with an empty name a table."""
        session, side, traits = self._session, self._presenter.side, dict(changes)

        def command() -> ChangeSet:
            from caseload.services import schemas

            if not name.strip():
                said = str(traits.get("description", ""))
                return schemas.add_table(session, side, table, said, why)
            return schemas.add_field(session, side, table, name, traits, why)

        return command

    def remove_table(self, table: str, why: str) -> Command:
        """Say that a table is none."""
        session, side = self._session, self._presenter.side

        def command() -> ChangeSet:
            from caseload.services import schemas

            return schemas.remove_table(session, side, table, why)

        return command

    def dismiss(self, keys: Sequence[str], why: str) -> Command:
        """Say that problems are none."""
        session, side, wanted = self._session, self._presenter.side, list(keys)

        def command() -> ChangeSet:
            from caseload.services import schemas

            return schemas.dismiss(session, side, wanted, why)

        return command

    def reopen(self, keys: Sequence[str]) -> Command:
        """Take a dismissal back."""
        session, side, wanted = self._session, self._presenter.side, list(keys)

        def command() -> ChangeSet:
            from caseload.services import schemas

            return schemas.reopen(session, side, wanted)

        return command

    def redo(self) -> Command:
        """Do again what was taken back last."""
        session = self._session

        def command() -> ChangeSet:
            from caseload.services import undo

            return undo.redo(session)

        return command

    def export(self, path: Path, *, narrowed: bool) -> Callable[..., ChangeSet]:
        """A job that writes both catalogs to Excel, or only what the filter leaves."""
        session, presenter = self._session, self._presenter
        query = replace(presenter.query(), limit=1_000_000) if narrowed else None
        sides = [presenter.side] if narrowed else list(Side)

        def work(progress: Progress, cancel: CancelToken) -> ChangeSet:
            from caseload.services.schema_export import export_schemas

            progress.report(0.1, "Writing to Excel")
            cancel.raise_if_cancelled()
            return export_schemas(session, path, sides, query=query)

        return work

    def reader(self, documents: Documents) -> Callable[..., ChangeSet]:
        """A long job that reads documents into the catalogs; without any, those it has."""
        session = self._session
        source, target = (tuple(documents.get(side, ())) for side in (Side.SOURCE, Side.TARGET))

        def read(progress: Progress, cancel: CancelToken) -> ChangeSet:
            from caseload.services import stages

            options = replace(
                stages.default_options(session), source_specs=source, target_specs=target
            )
            outcome = stages.run_lifecycle(
                session,
                options,
                first=Stage.EXTRACT_SPECS,
                last=Stage.EXTRACT_SPECS,
                progress=RunWatch(Stage.EXTRACT_SPECS).attach(progress),
                cancel=cancel,
                in_child=True,
            )
            said = outcome.results[-1].summary if outcome.results else "The documents are read"
            kinds = (ChangeKind.CATALOG, ChangeKind.RUN, ChangeKind.OUTPUT)
            return ChangeSet(tuple((kind, ()) for kind in kinds), message=said)

        return read

    @staticmethod
    def sample() -> Documents:
        """The spec documents that ship with Caseload."""
        from caseload.services import creation

        start = creation.shipped_start()
        return {
            Side.SOURCE: [str(path) for path in start.source_specs],
            Side.TARGET: [str(path) for path in start.target_specs],
        }
