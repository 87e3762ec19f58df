"""Takes the gallery's pictures."""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import gallery
from PySide6.QtWidgets import QApplication

from caseload.gui.pages.base import Context
from caseload.gui.pages.registry import ALL_PAGES, Entry
from caseload.gui.shell.window import MainWindow
from caseload.gui.theme import Mode, themes
from caseload.gui.work import JobCentre


class GalleryEntry(Entry):
    @property
    def module(self) -> str:
        return f"gallery_{self.page_id}"


def gallery_entries() -> tuple[Entry, ...]:
    own = (
        GalleryEntry("cards", "Overview", "house", 0),
        GalleryEntry("grid", "Mappings", "arrow-left-right", 2),
    )
    return own + tuple(e for e in ALL_PAGES if e.page_id not in ("overview", "mappings"))


def window(jobs: JobCentre, source: gallery.Memory | None = None) -> MainWindow:
    source = source or gallery.Memory()
    made = MainWindow(jobs, pages=gallery_entries())
    made.resize(1440, 900)
    made.show_project(source, Context(source, jobs, made))
    return made


def take(folder: Path) -> None:
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    switch = themes()
    switch.reduced_motion = True
    switch.install(app, Mode.LIGHT)
    folder.mkdir(parents=True, exist_ok=True)
    jobs = JobCentre()
    made = window(jobs)
    made.show()
    made.activateWindow()
    for mode in (Mode.LIGHT, Mode.DARK):
        switch.show(mode)
        made.open_page("cards")
        jobs.wait_idle()
        shot(made, folder / f"cards-{mode}.png")
        made.open_page("grid")
        jobs.wait_idle()
        page = made.pages.page
        assert isinstance(page, gallery.GridPage)
        page.grid.choose(4)
        page.grid.set_ticked(4, 4, on=True)
        page.grid.set_ticked(10, 10, on=True)
        made.toast("12 mappings approved", action="Undo", on_action=made.undo)
        shot(made, folder / f"grid-{mode}.png")
        made.palette_overlay._entries = []
        made.open_palette()
        made.palette_overlay.line.setText("admission")
        made._search("admission")
        jobs.wait_idle()
        shot(made, folder / f"palette-{mode}.png")
        made.palette_overlay.close_overlay()
        made.show_keys()
        shot(made, folder / f"keys-{mode}.png")
        for child in made.children():
            if child.__class__.__name__ == "KeyList":
                child.close_overlay()
        for name, act in page.states_for_screenshots():
            act()
            jobs.wait_idle()
            made.inspect(None)
            shot(made, folder / f"state-{name}-{mode}.png")
        page.show_full()
        made.tray.show_problems()
        shot(made, folder / f"tray-{mode}.png")
        made.tray.toggle()
        page.grid.clear_ticks()
        made._toasts.clear()
    made.close()


def shot(widget: MainWindow, path: Path) -> None:
    QApplication.processEvents()
    QApplication.sendPostedEvents()
    QApplication.processEvents()
    widget.grab().save(str(path))


if __name__ == "__main__":
    take(Path(sys.argv[1]))
