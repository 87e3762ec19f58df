"""The address of a database: what is asked where, by whom, and never a password."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from caseload.model.errors import BadInput

_ENGINES = {
    "sqlite": "sqlite",
    "postgresql": "postgresql",
    "postgres": "postgresql",
    "mysql": "mysql",
    "mariadb": "mysql",
}
_PORTS = {"postgresql": 5432, "mysql": 3306}
_SHAPE = re.compile(r"(sqlite|postgres(?:ql)?|mysql|mariadb):(?!\\)", re.IGNORECASE)
_OPTIONS = ("schema", "password_env", "sslmode", "sslrootcert", "timeout")
_SSL_MODES = ("disable", "prefer", "require", "verify-full")
_MOST_SECONDS = 600
_REMEDY = (
    "Write sqlite:FILE, postgresql://USER@HOST/DATABASE?schema=NAME or mariadb://USER@HOST/DATABASE"
)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a database is.

    `engine` is sqlite, postgresql or mysql (MariaDB too); `path` is SQLite's file.  Without
    `schemas` all of the database's own are read.  `password_env` names the environment
    variable that holds the password; `seconds` bounds the connection and each question.
    """

    engine: str
    path: str = ""
    host: str = ""
    port: int = 0
    user: str = ""
    database: str = ""
    schemas: tuple[str, ...] = ()
    password_env: str = ""
    sslmode: str = "prefer"
    sslrootcert: str = ""
    seconds: int = 30

    @property
    def where(self) -> str:
        """The address in messages: no password, and no user."""
        if self.engine == "sqlite":
            return f"sqlite:{self.path}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.engine}://{host}:{self.port}/{self.database}"

    @property
    def label(self) -> str:
        """What a document made from it is called: letters, digits, - and _ only."""
        stem = re.split(r"[\\/]", self.path)[-1].rsplit(".", 1)[0] if self.path else self.database
        parts = (stem, *self.schemas)
        return re.sub(r"[^A-Za-z0-9_-]+", "_", "-".join(parts)).strip("_-")[:80] or "database"


def is_address(text: str) -> bool:
    """Whether a text that may be a path is meant as a database's address."""
    return bool(_SHAPE.match(text))


def parse_address(text: str) -> Address:
    """The address in a text such as `postgresql://user@host:5432/db?schema=a,b`.

    Raises:
        BadInput: it is no address, or it carries a password; the message does not repeat it.
    """
    scheme, _, rest = text.partition(":")
    engine = _ENGINES.get(scheme.lower(), "")
    if not engine:
        raise BadInput("That is no database's address", remedy=_REMEDY)
    if engine == "sqlite":
        path = rest.removeprefix("//")
        if not path:
            raise BadInput("The address names no SQLite file", where="sqlite:", remedy=_REMEDY)
        return Address(engine, path=path)
    try:
        parts = urlsplit(text)
        port, host, password = parts.port, parts.hostname or "", parts.password
        options = _options(parts.query)
    except ValueError:
        raise BadInput("The database's address is not well formed", remedy=_REMEDY) from None
    if password is not None:
        raise BadInput(
            "A password does not belong into a database's address: it would be kept and shown",
            where=f"{scheme}://{host}",
            remedy="Leave it out and type it when asked, or name the environment variable that"
            " holds it: ?password_env=NAME",
        )
    where = f"{scheme}://{host}"
    database = unquote(parts.path.lstrip("/"))
    if not host or not database or "/" in database:
        raise BadInput("The address must name a host and a database", where=where, remedy=_REMEDY)
    return Address(
        engine,
        host=host,
        port=port or _PORTS[engine],
        user=unquote(parts.username or ""),
        database=database,
        schemas=tuple(name for name in options.get("schema", "").split(",") if name),
        password_env=options.get("password_env", ""),
        sslmode=_one_of(options.get("sslmode", "prefer"), where),
        sslrootcert=options.get("sslrootcert", ""),
        seconds=_seconds(options.get("timeout", "30"), where),
    )


def _options(query: str) -> dict[str, str]:
    """The options after the question mark; only their names may come into a message."""
    given = dict(parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query)))
    unknown = [name for name in given if name not in _OPTIONS]
    if unknown:
        said = "a password" if any("pass" in name.lower() for name in unknown) else "an option"
        raise BadInput(
            f"The database's address has {said} that is not known",
            remedy=f"Known are {', '.join(_OPTIONS)}",
        )
    return given


def _one_of(mode: str, where: str) -> str:
    if mode not in _SSL_MODES:
        raise BadInput("The address's sslmode is not known", where=where,
                       remedy=f"Choose one of {', '.join(_SSL_MODES)}")  # fmt: skip
    return mode


def _seconds(text: str, where: str) -> int:
    if not text.isdecimal() or not 1 <= int(text[:9]) <= _MOST_SECONDS:
        raise BadInput("The address's timeout is no number of seconds", where=where,
                       remedy=f"Use 1 to {_MOST_SECONDS}")  # fmt: skip
    return int(text)
