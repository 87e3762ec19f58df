"""One random stream a name, so that a new table or fact never changes another's values."""

from __future__ import annotations

import hashlib

import numpy as np


class Streams:
    """Independent generators (PCG64) by name under one seed."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def rng(self, *names: str) -> np.random.Generator:
        """The generator of that name: the same numbers whenever it is asked for."""
        return np.random.Generator(np.random.PCG64([self._seed & 0xFFFFFFFF, self.number(*names)]))

    @staticmethod
    def number(*names: str) -> int:
        """A stable number of a name, 0..2**32-1."""
        digest = hashlib.blake2b("\x1f".join(names).encode(), digest_size=4).digest()
        return int.from_bytes(digest, "little")
