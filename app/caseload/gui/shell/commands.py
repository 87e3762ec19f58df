"""What the palette offers beside what the services find: pages, page actions, window actions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from caseload.gui.pages.base import Action, Page
from caseload.gui.pages.registry import Entry as PageEntry
from caseload.gui.shell.palette import Entry
from caseload.gui.source import Hit

OpenPage = Callable[..., None]


def page_entries(entries: Iterable[PageEntry], open_page: OpenPage) -> list[Entry]:
    """The pages of the rail."""
    found = []
    for number, entry in enumerate(entries, 1):
        keys = f"Ctrl {number}" if number <= 9 else ""
        run = partial(open_page, entry.page_id)
        found.append(Entry("Pages", entry.icon, entry.title, run, keys=keys))
    return found


def action_entries(page: Page | None, window: Sequence[Action]) -> list[Entry]:
    """The actions of the page on show, then the window's."""
    actions = [*(page.palette_actions() if page is not None else ()), *window]
    return [
        Entry("Actions", action.icon, action.words, action.slot, keys=action.keys.replace("+", " "))
        for action in actions
    ]


def hit_entries(hits: Iterable[Hit], open_page: OpenPage) -> list[Entry]:
    """What the services found."""
    return [
        Entry(
            hit.kind,
            hit.icon,
            hit.title,
            partial(open_page, hit.page, hit.filters),
            detail=hit.detail,
            where=hit.where,
        )
        for hit in hits
    ]


def shortcut_groups(
    page: Page | None, window: Sequence[Action]
) -> list[tuple[str, list[tuple[str, str]]]]:
    """The keys of the page and of the window, for F1."""
    groups: list[tuple[str, list[tuple[str, str]]]] = []
    if page is not None:
        keys = [(item.keys, item.words) for item in page.shortcuts()]
        if page.filter_field() is not None:
            keys.append(("Ctrl+F", "Filter this page"))
        groups.append((page.title, keys))
    keys = [(a.keys, a.words) for a in window if a.keys]
    groups.append(("Window", [*keys, ("Ctrl+1 – 9", "Open a page of the rail")]))
    return groups
