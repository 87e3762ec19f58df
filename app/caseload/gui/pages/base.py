"""What every page is: a header, five states, a refresh by change set, and its shortcuts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QStackedLayout, QVBoxLayout, QWidget

from caseload.gui import paint
from caseload.gui.components.header import PageHeader
from caseload.gui.components.states import EmptyState, ErrorState, NotPermitted, Skeleton
from caseload.gui.source import Badge
from caseload.gui.theme import current
from caseload.gui.work import JobCentre, explain, told
from caseload.model.errors import Refused
from caseload.model.views import ChangeKind, ChangeSet

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Shortcut:
    """Keys (as QKeySequence reads them), what they do, and the method that does it."""

    keys: str
    words: str
    slot: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Action:
    """Something a page can do, as the palette offers it."""

    words: str
    icon: str
    slot: Callable[[], None]
    keys: str = ""


class Shell(Protocol):
    """What a page may ask of the window around it."""

    def toast(
        self,
        message: str,
        kind: str = "ok",
        *,
        action: str = "",
        on_action: Callable[[], None] | None = None,
    ) -> None:
        """Say what just happened."""

    def open_page(self, page_id: str, filters: Mapping[str, str] | None = None) -> None:
        """Go to a page, narrowed by filters the page understands."""

    def inspect(self, widget: QWidget | None) -> None:
        """Show a widget in the inspector on the right, or close it with None."""

    def changed(self, changes: ChangeSet) -> None:
        """Tell every page what a command changed, and say its message with Undo."""

    def set_badge(self, page_id: str, badge: Badge | None) -> None:
        """Show a count beside a page in the rail."""

    def confirm(self, title: str, words: str, button: str, on_yes: Callable[[], None]) -> None:
        """Ask before something that cannot be undone."""

    def run_action(self, action: str, filters: Mapping[str, str] | None = None) -> None:
        """Do what a NextStep names: "page:mappings" or "run:extract_specs"."""


@dataclass(slots=True)
class Context:
    """What a page is given: the services, the job centre and the shell.

    `session` is the open project's façade; `values` carries what the shell remembers for a
    page between visits (filters, widths), by page id.
    """

    session: Any
    jobs: JobCentre
    shell: Shell
    values: dict[str, Any] = field(default_factory=dict)


class Page(QWidget):
    """Base of every page.

    A subclass sets the class variables, builds its content once in `build`, and fills it in
    `refresh`.  `interests` are the kinds of change that make it refresh.  A `flush` page is
    a grid page: no padding, and the rail folds to give it room.
    """

    page_id: ClassVar[str] = ""
    title: ClassVar[str] = ""
    interests: ClassVar[frozenset[ChangeKind]] = frozenset()
    flush: ClassVar[bool] = False
    skeleton: ClassVar[str] = "cards"
    tabs: ClassVar[Sequence[tuple[str, str]]] = ()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.setAccessibleName(self.title)
        self.header = PageHeader(self.title, tabs=self.tabs, flush=self.flush)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        self._holder = QWidget()
        self._stack = QStackedLayout(self._holder)
        self._stack.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._holder, 1)
        outer.addLayout(column)
        self._skeleton = Skeleton(self.skeleton)
        self._stack.addWidget(self._skeleton)
        self._content: QWidget | None = None
        self._state: QWidget | None = None
        self.state = "loading"

    def build(self) -> QWidget:
        """Make the content; called once, before it is first shown full."""
        raise NotImplementedError

    def refresh(self, changes: ChangeSet | None) -> None:
        """Ask for what the page shows; `changes` is None on the first show."""
        raise NotImplementedError

    def open_with(self, filters: Mapping[str, str]) -> None:
        """Narrow the page, as the palette or a next step asks."""

    def shortcuts(self) -> Sequence[Shortcut]:
        """The page's own keys; F1 lists them."""
        return ()

    def palette_actions(self) -> Sequence[Action]:
        """What the palette offers while this page is shown."""
        return ()

    def filter_field(self) -> QLineEdit | None:
        """The field that Ctrl+F focuses."""
        return None

    def empty_state(self) -> QWidget:
        """What to show when there is nothing yet."""
        return EmptyState("Nothing here yet", "Run the lifecycle to fill this page.")

    @property
    def content(self) -> QWidget:
        """The page's content, built when first asked for."""
        if self._content is None:
            self._content = self.build()
            self._stack.addWidget(self._content)
        return self._content

    def show_loading(self) -> None:
        """Show the skeleton, unless there is something to show already."""
        if self.state == "full":
            return
        self._skeleton.start()
        self._show(self._skeleton, "loading")

    def show_full(self) -> None:
        """Show the content."""
        self._show(self.content, "full")

    def show_empty(self) -> None:
        """Show what this page will be and the one next action."""
        self._show_state(self.empty_state(), "empty")

    def show_error(self, error: BaseException) -> None:
        """Show what went wrong, with a way to try again."""
        if isinstance(error, Refused):
            self.show_not_permitted(error.what, error.remedy)
            return
        what, why, details = explain(error)
        state = ErrorState(what, why, details=details, retry=self._retry, flush=self.flush)
        self._show_state(state, "error")

    def show_not_permitted(self, title: str, words: str) -> None:
        """Show who may see this; no data behind it."""
        self._show_state(NotPermitted(title, words), "not permitted")

    def ask(self, work: Callable[[], T], done: Callable[[T], None], *, key: str = "page") -> None:
        """Run a query for this page; trouble shows as its error state."""
        self.context.jobs.query(work, done, self.show_error, key=f"{self.page_id}.{key}")

    def do(self, work: Callable[[], ChangeSet]) -> None:
        """Run a command; all pages that show what it changed refresh, with Undo in a toast."""
        self.context.jobs.command(work, self.context.shell.changed, self.refused)

    def refused(self, error: BaseException) -> None:
        """Say that a command did not go through."""
        self.context.shell.toast(told(error), "error")

    def states_for_screenshots(self) -> Sequence[tuple[str, Callable[[], None]]]:
        """Named states and what brings each about; the picture is taken when all is idle."""
        return (
            ("full", self._picture_full),
            ("loading", self._picture_loading),
            ("empty", self.show_empty),
            ("error", self._picture_error),
            ("not-permitted", self._picture_not_permitted),
        )

    def _picture_full(self) -> None:
        self.refresh(None)

    def _picture_loading(self) -> None:
        self.state = "loading"
        self.show_loading()

    def _picture_error(self) -> None:
        from caseload.model.errors import EnvironmentTrouble

        self.show_error(
            EnvironmentTrouble(
                "The project file could not be read.",
                where="another program is using it",
                remedy="Close it there, then try again",
            )
        )

    def _picture_not_permitted(self) -> None:
        self.show_not_permitted(
            f"{self.title} needs another role",
            "The organisation's administrator can grant it. Nothing was read.",
        )

    def _retry(self) -> None:
        self.state = "loading"
        self.show_loading()
        self.refresh(None)

    def _show_state(self, widget: QWidget, name: str) -> None:
        self._stack.addWidget(widget)
        self._show(widget, name)
        self._state = widget

    def _show(self, widget: QWidget, name: str) -> None:
        before, self._state = self._state, None
        if widget is not self._skeleton:
            self._skeleton.stop()
        self._stack.setCurrentWidget(widget)
        if before is not None and before is not widget:
            self._stack.removeWidget(before)
            before.deleteLater()
        self.state = name


class Toolbar(QWidget):
    """The row of filters under the header of a grid page."""

    def __init__(self, *, pad: int = 16, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(int(current().size("toolbar")))
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(pad, 0, pad, 0)
        self.row.setSpacing(8)

    def add(self, widget: QWidget, stretch: int = 0) -> None:
        """Add a widget at the right of what is there."""
        self.row.addWidget(widget, stretch, Qt.AlignmentFlag.AlignVCenter)

    def gap(self) -> None:
        """Push what comes after to the right edge."""
        self.row.addStretch(1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the line over the grid."""
        line = current().colour("border")
        paint.hline(QPainter(self), 0, self.width(), self.height() - 1, line)
