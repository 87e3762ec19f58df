"""The moment at which all of these tests happen."""

from __future__ import annotations

from datetime import UTC, datetime

NOW = datetime(2026, 3, 31, 9, 30, tzinfo=UTC)
