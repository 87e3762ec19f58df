"""Who may do what: the one place that refuses.

One person on one machine owns the project and may do everything.  Somebody else who can write
to the folder works under their own name, which the audit keeps; a role can take rights away.
"""

from __future__ import annotations

from enum import StrEnum

from caseload.model.errors import Refused

OWNER = "OWNER"
CONTRIBUTOR = "CONTRIBUTOR"
READER = "READER"


class Permission(StrEnum):
    """What a command needs."""

    RUN = "run stages"
    EDIT_CATALOG = "correct the catalogs"
    EDIT_MAPPINGS = "edit mappings"
    APPROVE_MAPPINGS = "approve mappings"
    SETTINGS = "change settings"
    EXPORT = "export"


_ALL = frozenset(Permission)
_RIGHTS: dict[str, frozenset[Permission]] = {
    OWNER: _ALL,
    CONTRIBUTOR: _ALL,
    READER: frozenset(),
}


def allows(role: str, permission: Permission) -> bool:
    """Whether a role has a permission; a role that nobody knows has none."""
    return permission in _RIGHTS.get(role, frozenset())


def require(actor: str, role: str, permission: Permission) -> None:
    """Let pass, or refuse.

    Raises:
        Refused: the role does not have the permission.
    """
    if not allows(role, permission):
        raise Refused(
            f"{actor} ({role.lower()}) may not {permission.value} in this project",
            where="permission",
            remedy="Ask the owner of the project",
        )
