"""Numbers, dates and durations as people read them in the window (British English)."""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from html import escape

MINUS = "−"
NONE = "–"


def number(value: float | None, decimals: int = 0) -> str:
    """1234567 as 1,234,567 with a true minus; None as a dash."""
    if value is None:
        return NONE
    shown = f"{abs(value):,.{decimals}f}"
    return f"{MINUS}{shown}" if value < 0 and float(shown.replace(",", "")) != 0 else shown


def change(value: float, decimals: int = 0) -> str:
    """A difference with its sign."""
    return f"+{number(value, decimals)}" if value > 0 else number(value, decimals)


def percent(share: float | None, decimals: int = 1) -> str:
    """0.397 as 39.7%."""
    return NONE if share is None else f"{share * 100:.{decimals}f}%"


def plural(count: int, one: str, many: str = "") -> str:
    """1 field, 884 fields."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def role(name: str) -> str:
    """DATA_ARCHITECT as Data architect."""
    return name.replace("_", " ").capitalize() if name.isupper() else name


def moment(value: datetime | None, zone: tzinfo | None = None) -> str:
    """23 Nov 2026 14:05 in the machine's zone (or `zone`)."""
    if value is None:
        return NONE
    local = value.astimezone(zone)
    return f"{local.day} {local:%b %Y %H:%M}"


def clock(value: datetime | None, zone: tzinfo | None = None) -> str:
    """14:05 in the machine's zone (or `zone`)."""
    return NONE if value is None else f"{value.astimezone(zone):%H:%M}"


def day(value: date) -> str:
    """Monday 23 November 2026."""
    return f"{value:%A} {value.day} {value:%B %Y}"


def duration(seconds: float | None) -> str:
    """Seconds in words: 0.4 s, 48 s, 4 min 51 s, 2 h 5 min."""
    if seconds is None:
        return NONE
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    minutes = whole % 3600 // 60
    return f"{whole // 3600} h {minutes} min" if minutes else f"{whole // 3600} h"


def size(count: int) -> str:
    """Bytes in words: 812 bytes, 14.2 KB, 3.1 MB."""
    value = float(count)
    if value < 1000:
        return plural(count, "byte")
    for unit in ("KB", "MB", "GB"):
        value /= 1000
        if value < 1000:
            return f"{value:.1f} {unit}"
    return f"{value / 1000:.1f} TB"


def tip(text: str) -> str:
    """A tool tip that shows its words as they stand, also those that look like markup to Qt."""
    if "<" not in text and "&" not in text:
        return text
    return f"<span style='white-space:pre-wrap'>{escape(text)}</span>"
