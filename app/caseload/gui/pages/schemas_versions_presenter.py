"""What the versions view shows: which two versions, what differs, and what that does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from caseload.gui import words
from caseload.gui.components.pill import STATUS_PILLS, PillSpec
from caseload.model.catalog import Side
from caseload.model.contract import MappingStatus
from caseload.model.schema_diff import (
    DiffKind,
    FieldPlace,
    Impact,
    Outcome,
    Rename,
    RenameState,
    SchemaChange,
    SchemaComparison,
    SpecVersion,
    Touched,
    Weight,
)
from caseload.model.views import ChangeSet

CHANGES, RENAMES, IMPACT = "changes", "renames", "impact"

SUREST = 0.9
"""From this confidence on renames are offered to be confirmed together."""

OUTCOME_PILLS = {
    Outcome.ORPHAN: PillSpec("Orphan", "error", "circle-slash"),
    Outcome.RE_REVIEW: PillSpec("Re-review", "warn", "rotate-ccw"),
    Outcome.KEEP: PillSpec("Keep", "neutral", "check"),
}
STATE_PILLS = {
    RenameState.PROPOSED: PillSpec("To decide", "info", "circle-dot"),
    RenameState.CONFIRMED: PillSpec("Confirmed", "ok", "circle-check"),
    RenameState.REFUSED: PillSpec("Kept apart", "neutral", "circle-x"),
}
_TONES = {Weight.BREAKING: "error", Weight.EASING: "ok"}
_ICONS = {
    DiffKind.TABLE_ADDED: "circle-plus",
    DiffKind.FIELD_ADDED: "circle-plus",
    DiffKind.TABLE_REMOVED: "circle-slash",
    DiffKind.FIELD_REMOVED: "circle-slash",
    DiffKind.TABLE_RENAMED: "pen-line",
    DiffKind.FIELD_RENAMED: "pen-line",
    DiffKind.FIELD_MOVED: "arrow-right",
    DiffKind.LONGER: "arrow-up",
    DiffKind.SHORTER: "arrow-down",
    DiffKind.KEY: "key-round",
    DiffKind.FOREIGN_KEY: "link",
    DiffKind.CODE_LIST: "list",
    DiffKind.ALLOWED_VALUES: "list",
    DiffKind.MANDATORY: "lock",
    DiffKind.TYPE: "repeat",
}


@dataclass(frozen=True, slots=True)
class Found:
    """What one question to the services brought."""

    versions: tuple[SpecVersion, ...]
    comparison: SchemaComparison | None = None
    impacts: tuple[Impact, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A line of evidence or of reasons: its sign says what it amounts to."""

    words: str
    icon: str = "info"
    tone: str = "text_2"


class VersionsPresenter:
    """The state of the view; it asks the services and knows nothing of widgets."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self.side = Side.SOURCE
        self.found = Found(())
        self.kinds: tuple[DiffKind, ...] = ()
        self.outcomes: tuple[Outcome, ...] = ()
        self.tab = CHANGES
        self._wanted: dict[Side, tuple[int, int]] = {}
        self._resting: Counter[FieldPlace] = Counter()

    @property
    def writable(self) -> bool:
        """Whether renames can be settled here."""
        return not self._session.read_only

    @property
    def comparison(self) -> SchemaComparison | None:
        """The comparison on show."""
        return self.found.comparison

    def choose_side(self, side: Side) -> None:
        """Look at the other side's versions."""
        if side is not self.side:
            self.side = side
            self.found = Found(())
            self.kinds, self.outcomes = (), ()

    def choose(self, old: int, new: int) -> None:
        """Compare two versions by their ids."""
        self._wanted[self.side] = (old, new)
        self.kinds, self.outcomes = (), ()

    def choose_version(self, version: SpecVersion) -> None:
        """Compare a version with the one before it, or the first with the next."""
        known = self.found.versions
        at = known.index(version)
        older = known[at + 1] if at + 1 < len(known) else None
        if older is not None:
            self.choose(older.id, version.id)
        elif at > 0:
            self.choose(version.id, known[at - 1].id)

    def loader(self) -> Callable[[], Found]:
        """What asks the services, on another thread."""
        return partial(_load, self._session, self.side, self._wanted.get(self.side))

    def take(self, found: Found) -> None:
        """Keep an answer; filters of what is no longer there fall away."""
        self.found = found
        self._resting = Counter(_places(found.impacts))
        counts = found.comparison.counts() if found.comparison else {}
        self.kinds = tuple(k for k in self.kinds if k in counts)

    def confirm(self, rename: Rename) -> Callable[[], ChangeSet]:
        """The command that confirms a rename."""
        return partial(_settle, self._session, "confirm_rename", rename)

    def surest(self) -> tuple[Rename, ...]:
        """The renames to decide that hardly leave a doubt."""
        return tuple(
            r for r in self.renames() if r.state is RenameState.PROPOSED and r.confidence >= SUREST
        )

    def confirm_all(self, renames: Sequence[Rename]) -> Callable[[], ChangeSet]:
        """The command that confirms several renames of this side at once."""
        pairs = [(r.old, r.new) for r in renames]
        return partial(_confirm_all, self._session, self.side, pairs)

    def refuse(self, rename: Rename) -> Callable[[], ChangeSet]:
        """The command that keeps two names apart."""
        return partial(_settle, self._session, "refuse_rename", rename)

    def export(self, comparison: SchemaComparison, path: str) -> Callable[[], ChangeSet]:
        """What writes the comparison to Excel."""
        return partial(_export, self._session, comparison, Path(path))

    # Rows

    def rows(self) -> Sequence[SchemaChange | Rename | Impact]:
        """What the chosen tab lists."""
        if self.tab == RENAMES:
            return self.renames()
        return self.impacts() if self.tab == IMPACT else self.changes()

    def changes(self) -> list[SchemaChange]:
        """The changes of the chosen kinds."""
        comparison = self.comparison
        if comparison is None:
            return []
        return [c for c in comparison.changes if not self.kinds or c.kind in self.kinds]

    def renames(self) -> list[Rename]:
        """Renames, those to decide first, and of them those that most mappings rest on."""
        comparison = self.comparison
        if comparison is None:
            return []
        order = list(RenameState)
        found = (*comparison.renames, *comparison.refused)
        return sorted(
            found, key=lambda r: (order.index(r.state), -self.weight_of(r), -r.confidence)
        )

    def weight_of(self, rename: Rename) -> int:
        """How many mappings rest on what is renamed."""
        return self._resting[rename.old] + (
            self._resting[rename.new] if rename.state is RenameState.CONFIRMED else 0
        )

    def open_renames(self) -> int:
        """How many renames wait for a person."""
        return sum(r.state is RenameState.PROPOSED for r in self.renames())

    def impacts(self) -> list[Impact]:
        """The impacts of the chosen outcomes; without a choice what is not simply kept."""
        wanted = self.outcomes or (Outcome.ORPHAN, Outcome.RE_REVIEW)
        return [i for i in self.found.impacts if i.outcome in wanted]

    def outcome_counts(self) -> dict[Outcome, int]:
        """How many decisions of any sort have each outcome."""
        counted = Counter(i.outcome for i in self.found.impacts)
        return {outcome: counted[outcome] for outcome in Outcome}

    def hint(self, shown: int) -> str:
        """What to say beside the tabs."""
        if self.tab == RENAMES:
            waiting = self.open_renames()
            return f"{words.number(waiting)} to decide" if waiting else "All are decided"
        if self.tab == IMPACT:
            total, noun = len(self.found.impacts), "decision"
        else:
            total, noun = len(self.comparison.changes) if self.comparison else 0, "change"
        return f"{words.number(shown)} of {words.plural(total, noun)}" if shown != total else ""

    def nothing(self) -> str:
        """Why there is no row."""
        return {
            CHANGES: "Nothing differs between these two versions.",
            RENAMES: "Nothing that went looks like anything that came.",
            IMPACT: "No decision rests on what changed. All are kept.",
        }[self.tab]

    def empty_words(self, found: Found) -> tuple[str, str]:
        """Title and words of the empty state."""
        names = {Side.SOURCE: "source dictionary", Side.TARGET: "target guide"}
        name = names[self.side]
        if not found.versions:
            return "No version yet", f"Read the {name} first; each release is kept from then on."
        only = found.versions[0].label
        said = f"{only} is all there is. Take in the next release of the {name} to see what"
        return "One version so far", f"{said} changed in it and which mappings to look at again."

    def resting_on(self, place: FieldPlace) -> list[Impact]:
        """The mappings that use a place of the older version."""
        return [i for i in self.found.impacts if i.on is Touched.MAPPING and place in i.uses]

    def rename_of(self, change: SchemaChange) -> Rename | None:
        """The rename that a change speaks of."""
        named = (DiffKind.FIELD_RENAMED, DiffKind.FIELD_MOVED, DiffKind.TABLE_RENAMED)
        if change.kind not in named:
            return None
        return next((r for r in self.renames() if r.new == change.place), None)


def _places(impacts: Iterable[Impact]) -> Iterator[FieldPlace]:
    """The fields, and once each the tables, that every mapping rests on."""
    for impact in impacts:
        if impact.on is Touched.MAPPING:
            yield from impact.uses
            yield from {FieldPlace(place.table) for place in impact.uses if place.field}


def _load(session: Any, side: Side, wanted: tuple[int, int] | None) -> Found:
    from caseload.services import spec_versions

    known = spec_versions.versions(session, side)
    if len(known) < 2:
        return Found(known)
    by_id = {version.id: version for version in known}
    old, new = known[1], known[0]
    if wanted and set(wanted) <= set(by_id):
        old, new = by_id[wanted[0]], by_id[wanted[1]]
    comparison = spec_versions.compare(session, old, new)
    return Found(known, comparison, spec_versions.impact(session, comparison))


def _settle(session: Any, command: str, rename: Rename) -> ChangeSet:
    from caseload.services import spec_versions

    done: ChangeSet = getattr(spec_versions, command)(session, rename.side, rename.old, rename.new)
    return done


def _confirm_all(
    session: Any, side: Side, pairs: Sequence[tuple[FieldPlace, FieldPlace]]
) -> ChangeSet:
    from caseload.services import spec_versions

    return spec_versions.confirm_renames(session, side, pairs)


def _export(session: Any, comparison: SchemaComparison, path: Path) -> ChangeSet:
    from caseload.services import spec_versions

    return spec_versions.export_comparison(session, comparison, path)


def when(version: SpecVersion) -> str:
    """When a version was taken in and by whom."""
    moment = words.moment(datetime.fromisoformat(version.taken_at)) if version.taken_at else ""
    return " · ".join(part for part in (moment, version.taken_by) if part)


def size(version: SpecVersion) -> str:
    """How much a version describes."""
    return f"{words.plural(version.tables, 'table')}, {words.plural(version.fields, 'field')}"


def kind_pill(kind: DiffKind) -> PillSpec:
    """A kind of change; a colour only where something got worse or better."""
    weight = SchemaChange(kind, "").weight
    words_ = kind.value[:1].upper() + kind.value[1:]
    return PillSpec(words_, _TONES.get(weight, "neutral"), _ICONS.get(kind, "circle-dot"))


def status_pill(impact: Impact) -> PillSpec | None:
    """Where a mapping stands."""
    return STATUS_PILLS[MappingStatus(impact.status)] if impact.status else None


def evidence(rename: Rename) -> list[Line]:
    """What speaks for a rename and against it."""
    return [
        Line(
            f"{check.name.capitalize()}: {check.note}",
            "circle-check" if check.passed else "minus",
            "ok" if check.passed else "text_3",
        )
        for check in rename.evidence
    ]


def decided_words(rename: Rename) -> str:
    """Who settled a rename, when and why."""
    if not rename.by:
        return ""
    at = words.moment(datetime.fromisoformat(rename.at)) if rename.at else ""
    return f"{rename.by}, {at}" + (f": {rename.why}" if rename.why else "")


def short(change: SchemaChange, words_: str) -> str:
    """A value of a change; of a name in the same table only what differs."""
    same = change.old is not None and change.old.table == change.table
    if change.kind is DiffKind.FIELD_RENAMED and same:
        return words_.removeprefix(f"{change.table}.")
    return words_


def change_facts(change: SchemaChange) -> list[tuple[str, str]]:
    """A change as names and values."""
    facts = []
    came = change.kind in (DiffKind.TABLE_ADDED, DiffKind.FIELD_ADDED)
    went = change.kind in (DiffKind.TABLE_REMOVED, DiffKind.FIELD_REMOVED)
    if change.was or change.now:
        facts += [("Was", change.was)] if not came else []
        facts += [("Is", change.now)] if not went else []
    renamed = (DiffKind.TABLE_RENAMED, DiffKind.FIELD_RENAMED, DiffKind.FIELD_MOVED)
    if change.old and change.old != change.place and change.kind not in renamed:
        facts.append(("Older name", change.old.words()))
    if change.gained:
        facts.append(("Gained", ", ".join(change.gained)))
    if change.lost:
        facts.append(("Lost", ", ".join(change.lost)))
    return facts


def mapping_filters(impact: Impact) -> dict[str, str] | None:
    """How the mappings page is opened on an impact's rule; None when it has no row there."""
    if impact.on is not Touched.MAPPING or (impact.outcome is Outcome.ORPHAN and not impact.uses):
        return None
    table, _, field = impact.id.split("@")[0].partition(".")
    return {"table": table, "field": field}
