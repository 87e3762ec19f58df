"""The details of a change, a rename or an impact: everything of it, and what can be done."""

from __future__ import annotations

from caseload.gui import words
from caseload.gui.pages.schemas_versions_parts import Details
from caseload.gui.pages.schemas_versions_presenter import (
    OUTCOME_PILLS,
    STATE_PILLS,
    Line,
    VersionsPresenter,
    change_facts,
    decided_words,
    evidence,
    kind_pill,
    mapping_filters,
)
from caseload.model.schema_diff import (
    DiffKind,
    FieldPlace,
    Impact,
    Outcome,
    Rename,
    RenameState,
    SchemaChange,
)

_SHOWN = 6
_SIGNS = {
    Outcome.ORPHAN: ("circle-slash", "error"),
    Outcome.RE_REVIEW: ("rotate-ccw", "warn"),
    Outcome.KEEP: ("check", "text_3"),
}
_GONE = (DiffKind.TABLE_REMOVED, DiffKind.FIELD_REMOVED)


class VersionDetails(Details):
    """Shows the row that is chosen in one of the grids."""

    def __init__(self, presenter: VersionsPresenter) -> None:
        super().__init__()
        self._presenter = presenter
        self.row: object = None
        self.place: FieldPlace | None = None

    def show_nothing(self, words_: str) -> None:
        """Say why there is nothing to choose."""
        self.row = self.place = None
        self.clear(words_)

    def show_row(self, row: object) -> None:
        """Show a change, a rename or an impact."""
        self.row, self.place = row, None
        if isinstance(row, SchemaChange):
            self._show_change(row)
        elif isinstance(row, Rename):
            self._show_rename(row)
        elif isinstance(row, Impact):
            self._show_impact(row)
        self.finish()

    def _show_change(self, change: SchemaChange) -> None:
        self.begin(change.place.words(), kind_pill(change.kind))
        rename = self._presenter.rename_of(change)
        if rename is None:
            self.add_facts(change_facts(change))
        else:
            self.add_name("Was called", rename.old.words())
            self.add_name("Is called", rename.new.words())
            self._add_evidence(rename)
        self._add_resting(change.old or change.place)
        self._add_place(None if change.kind in _GONE else change.place)

    def _show_rename(self, rename: Rename) -> None:
        self.begin(rename.new.words(), STATE_PILLS[rename.state])
        self.add_name("Was called", rename.old.words())
        self.add_name("Is called", rename.new.words())
        self._add_evidence(rename)
        self._add_resting(rename.old)
        self._add_place(rename.new)

    def _add_evidence(self, rename: Rename) -> None:
        sure = f"Evidence, {rename.confidence:.0%} sure" if rename.evidence else "Evidence"
        self.add_head(sure)
        self.add_lines(evidence(rename) or [Line("None was found; a person said so")])
        said = decided_words(rename)
        if said:
            self.add_words(said, "text_2")
        if rename.state is RenameState.PROPOSED and self._presenter.writable:
            self.set_buttons("Confirm  Y", "Keep apart  N")

    def _show_impact(self, impact: Impact) -> None:
        self.begin(impact.id, OUTCOME_PILLS[impact.outcome])
        icon, tone = _SIGNS[impact.outcome]
        self.add_head("Why")
        self.add_lines(
            [Line(reason, icon, tone) for reason in impact.reasons]
            or [Line("Nothing that it rests on changed", "check", "text_3")]
        )
        if impact.uses:
            self.add_head("Rests on")
            places = [place.words() for place in impact.uses]
            self.add_words(_listed(places, "field"), "text_2")
        if mapping_filters(impact) is not None:
            self.set_buttons("Open mapping", "")

    def _add_resting(self, place: FieldPlace) -> None:
        found = self._presenter.resting_on(place)
        if found:
            self.add_head(f"{words.plural(len(found), 'mapping')} rest on it" if len(found) > 1
                          else "1 mapping rests on it")  # fmt: skip
            self.add_words(_listed([impact.id for impact in found], "mapping"), "text_2")

    def _add_place(self, place: FieldPlace | None) -> None:
        self.place = place
        if place is not None:
            self.add_link("Show the field" if place.field else "Show the table")


def _listed(names: list[str], noun: str) -> str:
    more = len(names) - _SHOWN
    shown = "\n".join(names[:_SHOWN])
    return f"{shown}\nand {words.plural(more, f'more {noun}')}" if more > 0 else shown
