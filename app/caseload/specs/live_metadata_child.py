"""The process that asks a database: `python -m caseload.specs.live_metadata_child`.

It takes one JSON order from standard input (address, password, limits) and answers with one JSON
object a line: progress, then the metadata or the error.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from caseload.connectors.address import Address
from caseload.connectors.metadata import read_metadata
from caseload.model.database import metadata_to_dict
from caseload.model.errors import CaseloadError, EnvironmentTrouble
from caseload.specs.sandbox_guard import guard
from caseload.specs.sandbox_limits import Limits, limit_this_process


def main() -> None:
    """Ask what the order names, and answer."""
    order = json.loads(sys.stdin.buffer.readline())
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    limit_this_process(Limits(**order["limits"]))
    guard(network=True)
    given = order["address"]
    address = Address(**{**given, "schemas": tuple(given["schemas"])})

    def send(message: dict[str, Any]) -> None:
        out.write(json.dumps(message).encode() + b"\n")
        out.flush()

    try:
        found = read_metadata(
            address, order["password"], lambda share, words: send({"progress": [share, words]})
        )
    except CaseloadError as error:
        send({"error": error.as_dict()})
    except Exception as error:  # noqa: BLE001 - a server's answer may provoke anything in a driver
        trouble = EnvironmentTrouble(
            f"The database's answer could not be understood ({type(error).__name__})",
            where=address.where,
        )
        send({"error": trouble.as_dict()})
    else:
        send({"metadata": metadata_to_dict(found)})


if __name__ == "__main__":
    main()
