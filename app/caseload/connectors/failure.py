"""One clear error for each way in which a database does not answer; never a driver's own text.

A driver's text may repeat what was sent, so that none of it is passed on.
"""

from __future__ import annotations

from caseload.connectors.address import Address
from caseload.model.errors import BadInput, CaseloadError, EnvironmentTrouble


def unreachable(address: Address) -> CaseloadError:
    """Nobody answers at the host and port."""
    return EnvironmentTrouble(
        "The database's host cannot be reached",
        where=address.where,
        remedy="Check host, port and network, and that the server is running",
    )


def login_refused(address: Address) -> CaseloadError:
    """The server does not take the user or the password."""
    return BadInput(
        f"The database refused the login{f' of {address.user}' if address.user else ''}",
        where=address.where,
        remedy="Check the user and the password (typed when asked, or ?password_env=NAME), and that"
        " the user may connect from this machine",
    )


def no_such_database(address: Address) -> CaseloadError:
    """The server has no database of that name, or does not show it."""
    return BadInput(
        f"There is no database {address.database} that the user may open",
        where=address.where,
        remedy="Check the name after the host",
    )


def no_such_schema(address: Address, missing: str, there: list[str]) -> CaseloadError:
    """A schema that the address names does not exist."""
    shown = ", ".join(there[:20]) or "none"
    return BadInput(
        f"The database has no schema {missing}; it has: {shown}",
        where=address.where,
        remedy="Name one of them: ?schema=NAME",
    )


def not_allowed(address: Address) -> CaseloadError:
    """The login lacks a permission that reading the metadata needs."""
    return BadInput(
        "The login may not read the database's metadata",
        where=address.where,
        remedy="Ask for a login with SELECT on the tables",
    )


def too_slow(address: Address) -> CaseloadError:
    """An answer took longer than the address allows."""
    return EnvironmentTrouble(
        f"The database did not answer within {address.seconds} seconds",
        where=address.where,
        remedy="Retry later, or allow more: ?timeout=120",
    )


def not_secure(address: Address) -> CaseloadError:
    """The encrypted connection that the address asks for cannot be made."""
    return EnvironmentTrouble(
        "No encrypted connection to the database could be made as the address asks",
        where=address.where,
        remedy="Check sslmode and sslrootcert, and the server's certificate",
    )


def no_tables(address: Address) -> CaseloadError:
    """The database shows no table at all."""
    return BadInput(
        "The database shows no table to this login",
        where=address.where,
        remedy="Check the schema's name and that the login has SELECT on its tables",
    )


def failed(address: Address, kind: str) -> CaseloadError:
    """Anything else; `kind` is the driver's name or number for the error."""
    return EnvironmentTrouble(
        f"The database could not be read ({kind})",
        where=address.where,
        remedy="Retry; if it stays so, ask who runs the database",
    )
