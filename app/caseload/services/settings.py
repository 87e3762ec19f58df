"""One table of settings: the dialog, the command line and the documents derive from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from caseload.lifecycle.stages.analyze_semantic_mapping import PRIORITY_TABLES
from caseload.lifecycle.stages.run_release_gates import PROFILE_SETTING
from caseload.model.errors import BadInput
from caseload.model.gates import PROFILES
from caseload.model.stage import StageOptions
from caseload.model.views import ChangeKind, ChangeSet
from caseload.services.permission import Permission

if TYPE_CHECKING:
    from caseload.services.session import ProjectSession

PROJECT = "project"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting.  `kind` is text, whole, number, date (YYYY-MM-DD), names or choice."""

    key: str
    kind: str
    default: Any
    words: str
    scope: str = PROJECT
    choices: tuple[str, ...] = ()
    least: float | None = None


_USUAL = StageOptions()

SETTINGS: dict[str, Setting] = {
    s.key: s
    for s in (
        Setting("project.organisation", "text", "", "The organisation whose patients migrate"),
        Setting("project.workspace", "text", "", "The programme this project belongs to"),
        Setting("load.system_code", "text", "", "The sending system's code in load files"),
        Setting(PRIORITY_TABLES, "names", (), "Source tables that suggestions look at first"),
        Setting("mock.as_of", "date", "2026-03-31", "The day that mock data is written for"),
        Setting("mock.rows", "whole", _USUAL.rows, "Patients in mock data", least=1),
        Setting(
            "mock.seed", "whole", _USUAL.seed, "Where the randomness of mock data starts", least=0
        ),
        Setting(
            "quality.min_patients",
            "whole",
            _USUAL.min_patients,
            "Patients a load must have",
            least=0,
        ),
        Setting(
            "migration.impute_mode",
            "choice",
            _USUAL.impute_mode,
            "Whether declared defaults fill mandatory gaps",
            choices=("strict", "pre_production"),
        ),
        Setting(
            "gates.profile",
            "choice",
            _USUAL.profile,
            "The release gates' profile",
            choices=tuple(PROFILES),
        ),
        Setting(
            "engine.memory_limit_mb",
            "whole",
            _USUAL.memory_limit_mb,
            "Memory of the engine in MB",
            least=256,
        ),
    )
}

STAGE_DEFAULTS: dict[str, str] = {
    "rows": "mock.rows",
    "seed": "mock.seed",
    "min_patients": "quality.min_patients",
    "impute_mode": "migration.impute_mode",
    "profile": "gates.profile",
    "memory_limit_mb": "engine.memory_limit_mb",
}
"""Which setting gives which of `StageOptions` when a command does not."""


def get(session: ProjectSession, key: str) -> Any:
    """The value of a setting, or its default.

    Raises:
        BadInput: there is no such setting.
    """
    setting = _named(key)
    value = session.project.settings.get(key, setting.default, scope=setting.scope)
    return tuple(value) if setting.kind == "names" else value


def everything(session: ProjectSession) -> dict[str, Any]:
    """Every setting's value by key."""
    kept = session.project.settings.all()
    return {key: kept.get(key, setting.default) for key, setting in SETTINGS.items()}


def own_profiles(session: ProjectSession) -> tuple[str, ...]:
    """The names of the project's own gate profiles."""
    return tuple(
        key.removeprefix(PROFILE_SETTING)
        for key in session.project.settings.all()
        if key.startswith(PROFILE_SETTING)
    )


def put(session: ProjectSession, values: Mapping[str, Any]) -> ChangeSet:
    """Change settings, all or none.

    Raises:
        BadInput: an unknown setting, or a value it cannot have.
    """
    checked = {key: checked_value(key, value) for key, value in values.items()}
    at = session.clock()
    with session.command(Permission.SETTINGS, "settings.change", ", ".join(checked)) as command:
        for key, value in checked.items():
            session.project.settings.put(key, value, by=session.actor, at=at)
        command.detail["values"] = checked
    return ChangeSet(((ChangeKind.SETTING, tuple(checked)),), message="Settings changed")


def checked_value(key: str, value: Any) -> Any:
    """`value` as the setting keeps it.

    Raises:
        BadInput: it is of another kind, too small, or not one of the choices.
    """
    setting = _named(key)
    try:
        kept = _converted(setting, value)
    except (TypeError, ValueError):
        raise BadInput(
            f"{key} cannot be {value!r}", where=f"setting {key}", remedy=setting.words
        ) from None
    if setting.choices and kept not in setting.choices:
        raise BadInput(
            f"{key} cannot be {value!r}",
            where=f"setting {key}",
            remedy=f"Choose one of {', '.join(setting.choices)}",
        )
    if setting.least is not None and kept < setting.least:
        raise BadInput(
            f"{key} must be at least {setting.least:g}",
            where=f"setting {key}",
            remedy=setting.words,
        )
    return kept


def _converted(setting: Setting, value: Any) -> Any:
    match setting.kind:
        case "whole":
            return int(value)
        case "number":
            return float(value)
        case "date":
            return date.fromisoformat(str(value)).isoformat()
        case "names":
            if isinstance(value, str):
                value = value.replace(",", " ").split()
            return [str(name) for name in value]
        case _:
            return str(value)


def _named(key: str) -> Setting:
    if key not in SETTINGS:
        raise BadInput(f"There is no setting {key!r}", remedy=f"Settings are {', '.join(SETTINGS)}")
    return SETTINGS[key]
