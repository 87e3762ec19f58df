"""How the tests run the program: its command line, its surroundings, what it answers."""

from __future__ import annotations

import json
import os
import sys

EPOCH = "1774915200"


class Said:
    """What a command line answered."""

    def __init__(self, done):
        self.code = done.returncode
        self.out = done.stdout
        self.err = done.stderr

    @property
    def json(self):
        """Standard output as the one JSON object that it must be."""
        return json.loads(self.out)


def environment(home):
    wanted = {"CASELOAD_HOME": str(home), "SOURCE_DATE_EPOCH": EPOCH, "COLUMNS": "200"}
    return {k: v for k, v in os.environ.items() if k != "CASELOAD_PROJECT"} | wanted


def command_line(*arguments):
    return [sys.executable, "-m", "caseload", *(str(a) for a in arguments)]
