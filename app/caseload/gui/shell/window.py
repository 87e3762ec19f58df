"""The window: header, rail, page with inspector, tray; it knows no page by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QGuiApplication,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from caseload.gui import words
from caseload.gui.components.toast import ToastStack
from caseload.gui.job import Job, JobState
from caseload.gui.memory import Memory
from caseload.gui.pages.base import Action, Context, Page
from caseload.gui.pages.registry import Entry, entries
from caseload.gui.shell import commands
from caseload.gui.shell.banner import Banner, interrupted_notice, read_only_notice
from caseload.gui.shell.focus import FocusRing
from caseload.gui.shell.header import Header
from caseload.gui.shell.inspector import Inspector, Stage
from caseload.gui.shell.overlay import KeyList, Question
from caseload.gui.shell.palette import Palette
from caseload.gui.shell.rail import Rail
from caseload.gui.shell.stack import PageStack
from caseload.gui.shell.tray import Tray
from caseload.gui.source import Badge, Hit, Source
from caseload.gui.theme import Mode, current, themes
from caseload.gui.work import JobCentre, explain, told
from caseload.model.errors import UnsettledColumns
from caseload.model.views import ChangeSet, ProjectHeader

_FOLD_BELOW = 1100
_ROOM_BELOW = 1600


class MainWindow(QWidget):
    """The window of one project.

    `show_project` gives it a source and a context's session; until then `show_welcome` fills it.
    `again_wanted` asks to open the project anew, for writing.
    """

    again_wanted = Signal()

    def __init__(
        self,
        jobs: JobCentre,
        memory: Memory | None = None,
        pages: Sequence[Entry] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.jobs = jobs
        self._memory = memory or Memory()
        self._entries = tuple(pages if pages is not None else entries())
        self._source: Source | None = None
        self._question: QWidget | None = None
        self._runner: Callable[[str, Mapping[str, str]], None] | None = None
        self._folded: bool | None = self._memory.get("rail_folded")
        self.setWindowTitle("Caseload")
        self.setMinimumSize(900, 600)
        self._lay_out()
        self._ring = FocusRing(self)
        self._palette = Palette(self)
        self._toasts = ToastStack(self._stage, self._toast_lift)
        self.pages.installEventFilter(self._toasts)
        self._shortcuts: list[QShortcut] = []
        self._page_shortcuts: list[QShortcut] = []
        self._connect()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.header = Header()
        self.banner = Banner()
        column.addWidget(self.header)
        column.addWidget(self.banner)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        self.rail = Rail(self._entries)
        self.pages = PageStack(self._entries)
        self._stage = Stage(self.pages, Inspector())
        self._stage.set_inspector_width(int(self._memory.get("inspector", 400)))
        middle.addWidget(self.rail)
        middle.addWidget(self._stage, 1)
        column.addLayout(middle, 1)
        self.tray = Tray(self.jobs)
        column.addWidget(self.tray)

    def _connect(self) -> None:
        self.rail.chosen.connect(self.open_page)
        self.rail.fold_wanted.connect(self._fold_by_hand)
        self.header.search_wanted.connect(self.open_palette)
        self.header.bell_wanted.connect(self.tray.show_problems)
        self.pages.shown.connect(self._page_shown)
        self._palette.searched.connect(self._search)
        self._palette.covered.connect(self._cover)
        self._stage.width_changed.connect(self._remember_inspector)
        self.jobs.trouble.connect(self.refused)
        self.jobs.job_added.connect(self._job_moved)
        self.jobs.job_ended.connect(self._job_moved)
        themes().changed.connect(self.update)
        for action in self.window_actions():
            if action.keys:
                self._shortcuts.append(self._bind(action.keys, action.slot))
        self._shortcuts.append(self._bind("Ctrl+F", self._focus_filter))
        for number in range(1, min(9, len(self._entries)) + 1):
            shortcut = self._bind(f"Ctrl+{number}", self._open_numbered)
            self._shortcuts.append(shortcut)

    def _cover(self, on: bool) -> None:
        """While something stands over the window its keys and those of the page rest."""
        for shortcut in (*self._shortcuts, *self._page_shortcuts):
            shortcut.setEnabled(not on)

    def _bind(self, keys: str, slot: Callable[[], None]) -> QShortcut:
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.activated.connect(slot)
        return shortcut

    def window_actions(self) -> tuple[Action, ...]:
        """What the window itself can do."""
        return (
            Action("Search everything", "search", self.open_palette, "Ctrl+K"),
            Action("Undo the last change", "undo-2", self.undo, "Ctrl+Z"),
            Action("Refresh this page", "refresh-cw", self._refresh, "F5"),
            Action("Show jobs", "list", self.tray.show_jobs, "Ctrl+J"),
            Action("Show problems", "triangle-alert", self.tray.show_problems),
            Action("Collapse or expand the rail", "panel-left", self._fold_by_hand, "Ctrl+B"),
            Action("Keyboard shortcuts", "keyboard", self.show_keys, "F1"),
            Action("Light theme", "sun-moon", self._light),
            Action("Dark theme", "sun-moon", self._dark),
            Action("Theme of the system", "sun-moon", self._system),
        )

    # -- what pages ask (pages.base.Shell) ------------------------------------------------

    def toast(
        self,
        message: str,
        kind: str = "ok",
        *,
        action: str = "",
        on_action: Callable[[], None] | None = None,
    ) -> None:
        """Say what just happened."""
        self._toasts.say(message, kind, action=action, on_action=on_action)

    def open_page(self, page_id: str, filters: Mapping[str, str] | None = None) -> None:
        """Go to a page."""
        self.pages.open_page(page_id, filters)

    def inspect(self, widget: QWidget | None) -> None:
        """Show a widget in the inspector, or close it."""
        self._stage.show_inspector(widget)

    def changed(self, changes: ChangeSet) -> None:
        """Refresh what shows what changed, and say so."""
        self.pages.changed(changes)
        self.refresh_header()
        if changes.message:
            undo = "Undo" if changes.undo_label else ""
            self.toast(changes.message, "ok", action=undo, on_action=self.undo)

    def set_badge(self, page_id: str, badge: Badge | None) -> None:
        """Show a count beside a page in the rail."""
        self.rail.set_badge(page_id, badge)

    def confirm(self, title: str, words_: str, button: str, on_yes: Callable[[], None]) -> None:
        """Ask before something that cannot be undone."""
        question = Question(self, title, words_, button, on_yes)
        self._question = question
        question.covered.connect(self._cover)
        question.open()

    def run_action(self, action: str, filters: Mapping[str, str] | None = None) -> None:
        """Do what a NextStep names."""
        verb, _, name = action.partition(":")
        if verb == "page":
            self.open_page(name, filters)
        elif verb == "run" and self._runner is not None:
            self._runner(name, filters or {})

    # -- the project ----------------------------------------------------------------------

    def show_welcome(self, welcome: QWidget) -> None:
        """Fill the window with ways to a project; there are no pages yet."""
        self.rail.hide()
        self.pages.show_widget(welcome)

    def show_project(
        self,
        source: Source,
        context: Context,
        runner: Callable[[str, Mapping[str, str]], None] | None = None,
    ) -> None:
        """Take a project's services and open the first page."""
        self._source = source
        self._runner = runner
        self.inspect(None)
        self.pages.clear()
        self.pages.context = context
        self.rail.show()
        self.jobs.query(source.header, self._show_header, key="shell.header")
        if self._entries:
            self.open_page(self._entries[0].page_id)
        self._count(source)

    def refresh_header(self) -> None:
        """Ask again for header, badges and problems."""
        source = self._source
        if source is not None:
            self.jobs.query(source.header, self._show_header, key="shell.header")
            self._count(source)

    def _count(self, source: Source) -> None:
        """Ask for badges and problems; slower than what a page asks, so behind it."""
        self.jobs.query(source.badges, self._show_badges, key="shell.badges")
        self.jobs.query(source.problems, self.tray.set_problems, key="shell.problems")

    def _show_header(self, header: ProjectHeader) -> None:
        self.header.set_header(header)
        self.setWindowTitle(f"{header.name} – Caseload")
        saved = f"Saved {words.clock(header.saved_at)}" if header.saved_at else "Saved"
        name = header.folder.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
        self.tray.set_project(saved, name, read_only=header.read_only)
        self.banner.put("read-only", read_only_notice(header, self.again_wanted.emit))
        self.banner.put("interrupted", interrupted_notice(header, self._resume))

    def _show_badges(self, badges: Mapping[str, Badge]) -> None:
        for entry in self._entries:
            self.rail.set_badge(entry.page_id, badges.get(entry.page_id))

    def _resume(self) -> None:
        self.run_action("run:resume")

    def undo(self) -> None:
        """Take back the last change."""
        if self._source is not None:
            self.jobs.command(self._source.undo, self.changed, self.refused)

    # -- palette, keys, theme -------------------------------------------------------------

    def open_palette(self) -> None:
        """Open the command palette."""
        found = [
            *commands.page_entries(self._entries, self.open_page),
            *commands.action_entries(self.pages.page, self.window_actions()),
        ]
        self._palette.open_with(found)

    @property
    def shown_entries(self) -> tuple[Entry, ...]:
        """The pages of the rail, in its order."""
        return self._entries

    @property
    def palette_overlay(self) -> Palette:
        """The command palette; for tests and pictures."""
        return self._palette

    def _search(self, text: str) -> None:
        source = self._source
        if source is None:
            return

        def work() -> Sequence[Hit]:
            return source.search(text, 60)

        self.jobs.query(work, self._found, key="shell.search")

    def _found(self, hits: Sequence[Hit]) -> None:
        here = {entry.page_id for entry in self._entries}
        known = [hit for hit in hits if hit.page in here]
        self._palette.add_found(commands.hit_entries(known, self.open_page))

    def show_keys(self) -> None:
        """List the keys of the present page."""
        groups = commands.shortcut_groups(self.pages.page, self.window_actions())
        keys = KeyList(self, groups)
        keys.covered.connect(self._cover)
        keys.open()

    def _focus_filter(self) -> None:
        page = self.pages.page
        field = page.filter_field() if page is not None else None
        if field is not None:
            field.setFocus(Qt.FocusReason.ShortcutFocusReason)
            field.selectAll()

    def _open_numbered(self) -> None:
        shortcut = self.sender()
        if isinstance(shortcut, QShortcut):
            number = int(shortcut.key().toString().rsplit("+", 1)[-1])
            self.open_page(self._entries[number - 1].page_id)

    def _refresh(self) -> None:
        if self.pages.page is not None:
            self.pages.page.refresh(None)
        self.refresh_header()

    def _light(self) -> None:
        self._show_theme(Mode.LIGHT)

    def _dark(self) -> None:
        self._show_theme(Mode.DARK)

    def _system(self) -> None:
        self._show_theme(Mode.SYSTEM)

    def _show_theme(self, mode: Mode) -> None:
        themes().show(mode)
        self._memory.put("theme", mode.value)

    # -- inner ----------------------------------------------------------------------------

    def _page_shown(self, page: Page) -> None:
        self.rail.set_page(page.page_id)
        self.inspect(None)
        for shortcut in self._page_shortcuts:
            shortcut.setEnabled(False)
            shortcut.deleteLater()
        self._page_shortcuts = [self._bind(item.keys, item.slot) for item in page.shortcuts()]
        self._fold()

    def _job_moved(self, job: Job) -> None:
        running = any(j.running for j in self.jobs.jobs)
        self.rail.set_live("lifecycle", "Running" if running else "")
        if job.state is JobState.FAILED and job.error is not None:
            self._job_failed(job.title, job.error)
        QTimer.singleShot(0, self, self.refresh_header)

    def _job_failed(self, title: str, error: BaseException) -> None:
        """Say it; where a document's columns are to be said, offer the step that asks for them."""
        if not isinstance(error, UnsettledColumns):
            self.toast(f"{title} failed: {told(error)}", "error")
        elif self.pages.page is None or self.pages.page.page_id != "schemas":
            go = partial(self.open_page, "schemas", {"assign": error.document})
            words = f"{error.document} does not tell which column holds what."
            self.toast(words, "warn", action="Assign columns", on_action=go)

    def refused(self, error: BaseException) -> None:
        """Say that something did not go through; of a defect the details can be copied."""
        details = explain(error)[2]
        copy = partial(QGuiApplication.clipboard().setText, details)
        self.toast(told(error), "error", action="Copy details" if details else "", on_action=copy)

    def _remember_inspector(self, width: int) -> None:
        self._memory.put("inspector", width)

    def _fold_by_hand(self) -> None:
        self._folded = not self.rail.folded
        self._memory.put("rail_folded", self._folded)
        self._fold()

    def _fold(self) -> None:
        """Fold where there is no room, and on grid pages that need it; by hand wins."""
        page = self.pages.page
        wanted = self._folded
        if wanted is None:
            wanted = page is not None and page.flush and self.width() < _ROOM_BELOW
        folded = wanted or self.width() < _FOLD_BELOW
        if folded != self.rail.folded:
            self.rail.set_folded(folded=folded)

    def _toast_lift(self) -> tuple[int, int]:
        """How far toasts keep from the right and the foot: off the inspector and the pager.

        A widget with the property "foot" stands at the foot of its page.
        """
        page = self.pages.page
        inner = page.findChildren(QWidget) if page is not None else []
        feet = [widget for widget in inner if widget.property("foot")]
        for foot in feet:
            foot.installEventFilter(self._toasts)
        high = sum(foot.height() for foot in feet if foot.isVisible())
        return self._stage.width() - self.pages.width(), high

    def showEvent(self, event: QShowEvent) -> None:
        """Let the focus ring see the keys."""
        super().showEvent(event)
        handle = self.windowHandle()
        if handle is not None:
            self._ring.watch(handle)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold the rail where there is no room."""
        super().resizeEvent(event)
        self._fold()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the place and stop the work."""
        size = self.size()
        self._memory.put("size", [size.width(), size.height()])
        self.jobs.close()
        super().closeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the canvas."""
        QPainter(self).fillRect(self.rect(), current().colour("canvas"))
