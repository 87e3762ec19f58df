"""Parts of an Office file, read without believing what the archive says of their size."""

from __future__ import annotations

import zipfile

MOST_PART = 400_000_000


def read_part(archive: zipfile.ZipFile, name: str | zipfile.ZipInfo) -> bytes:
    """The bytes of a part; never more are unpacked than the archive's directory promises.

    Raises:
        KeyError: there is no such part.
        zipfile.BadZipFile, zlib.error, NotImplementedError: it is damaged, or holds more.
    """
    part = name if isinstance(name, zipfile.ZipInfo) else archive.getinfo(name)
    if part.file_size > MOST_PART:
        raise zipfile.BadZipFile("a part is too large")
    with archive.open(part) as file:
        return file.read(part.file_size + 1)
