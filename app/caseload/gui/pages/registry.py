"""Which pages exist, in the order of the rail; a page without a module is not there.

A page's module is found without importing it, so that the window opens before any page is
loaded.  The module names its page class `PAGE`.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from caseload.gui.pages.base import Page


@dataclass(frozen=True, slots=True)
class Entry:
    """A place in the rail.  Groups are set apart by a line; group 9 stands at the foot."""

    page_id: str
    title: str
    icon: str
    group: int

    @property
    def module(self) -> str:
        """The page's module."""
        return f"caseload.gui.pages.{self.page_id}"


ALL_PAGES = (
    Entry("overview", "Overview", "house", 0),
    Entry("connectors", "Connectors", "cable", 1),
    Entry("onboarding", "Onboarding", "list-checks", 1),
    Entry("schemas", "Schemas", "table-properties", 2),
    Entry("erd", "ERD", "waypoints", 2),
    Entry("mappings", "Mappings", "arrow-left-right", 2),
    Entry("lifecycle", "Lifecycle", "workflow", 3),
    Entry("runs", "Runs", "history", 3),
    Entry("quality", "Quality", "gauge", 3),
    Entry("documents", "Documents", "files", 3),
    Entry("settings", "Settings", "settings", 9),
    Entry("users", "Users", "users", 9),
)


def entries() -> tuple[Entry, ...]:
    """The pages that exist, in the order of the rail."""
    return tuple(entry for entry in ALL_PAGES if find_spec(entry.module) is not None)


def load(entry: Entry) -> type[Page]:
    """Import a page's module and give its class."""
    page: type[Page] = import_module(entry.module).PAGE
    return page
