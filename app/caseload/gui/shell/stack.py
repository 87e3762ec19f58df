"""The pages of the rail: loaded on first show, refreshed when they show what changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QStackedLayout, QWidget

from caseload.gui.pages.base import Context, Page
from caseload.gui.pages.registry import Entry, load
from caseload.model.views import ChangeSet


class PageStack(QWidget):
    """One page at a time; `shown` gives it after each switch."""

    shown = Signal(object)

    def __init__(self, entries: Sequence[Entry], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries = {entry.page_id: entry for entry in entries}
        self._pages: dict[str, Page] = {}
        self._stale: set[str] = set()
        self._widget: QWidget | None = None
        self._stack = QStackedLayout(self)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self.context: Context | None = None

    @property
    def page(self) -> Page | None:
        """The page on show."""
        widget = self._stack.currentWidget()
        return widget if isinstance(widget, Page) else None

    @property
    def loaded(self) -> Mapping[str, Page]:
        """The pages that were shown at least once."""
        return self._pages

    def show_widget(self, widget: QWidget) -> None:
        """Show something that is no page, such as the welcome; it goes when a page comes."""
        self._drop_widget()
        self._widget = widget
        self._stack.addWidget(widget)
        self._stack.setCurrentWidget(widget)

    def _drop_widget(self) -> None:
        if self._widget is not None:
            self._stack.removeWidget(self._widget)
            self._widget.deleteLater()
            self._widget = None

    def open_page(self, page_id: str, filters: Mapping[str, str] | None = None) -> Page | None:
        """Show a page, loading it first if need be; None when there is no such page."""
        entry = self._entries.get(page_id)
        if entry is None or self.context is None:
            return None
        page = self._pages.get(page_id)
        fresh = page is None
        if page is None:
            page = load(entry)(self.context)
            self._pages[page_id] = page
            self._stack.addWidget(page)
        if filters:
            page.open_with(filters)
        self._turn_to(page)
        self._drop_widget()
        if fresh:
            page.show_loading()
        if fresh or page_id in self._stale:
            self._stale.discard(page_id)
            page.refresh(None)
        self.shown.emit(page)
        return page

    def _turn_to(self, page: Page) -> None:
        """Show a page; a focus inside the one before moves to it, and Tab goes on from there."""
        before, focus = self._stack.currentWidget(), QApplication.focusWidget()
        inside = before is not None and focus is not None and before.isAncestorOf(focus)
        self._stack.setCurrentWidget(page)
        if inside and before is not page:
            page.setFocus(Qt.FocusReason.OtherFocusReason)

    def changed(self, changes: ChangeSet) -> None:
        """Refresh the page on show if it shows what changed; others when next shown."""
        for page_id, page in self._pages.items():
            if not changes.touches(*page.interests):
                continue
            if page is self.page:
                page.refresh(changes)
            else:
                self._stale.add(page_id)

    def clear(self) -> None:
        """Let all pages go; for another project."""
        for page in self._pages.values():
            self._stack.removeWidget(page)
            page.deleteLater()
        self._pages.clear()
        self._stale.clear()
