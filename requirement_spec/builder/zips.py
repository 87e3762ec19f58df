"""Office documents as the same bytes each time: fixed order, times and attributes."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile

RELEASED = dt.datetime(2024, 11, 4, 9, 0, 0, tzinfo=dt.UTC).replace(tzinfo=None)
_STAMP = (2024, 11, 4, 9, 0, 0)
_MODIFIED = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")


def settle_zip(content: bytes) -> bytes:
    """Rewrite a zip package with fixed times, so that only its content counts."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new,
    ):
        for name in old.namelist():
            data = old.read(name)
            if name == "docProps/core.xml":
                data = _MODIFIED.sub(rb"\g<1>2024-11-04T09:00:00Z\3", data)
            info = zipfile.ZipInfo(name, _STAMP)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 0
            new.writestr(info, data)
    return out.getvalue()
