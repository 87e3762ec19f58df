"""The states of the diagram's page that are drawn for people to look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from caseload.model.erd import Density

if TYPE_CHECKING:
    from caseload.gui.pages.erd import ErdPage


def pictures(page: ErdPage) -> Sequence[tuple[str, Callable[[], None]]]:
    """Names and what brings each about."""
    return (
        ("full", partial(_overview, page)),
        ("domain", partial(_domain, page)),
        ("names", partial(_close, page, 0.45)),
        ("keys", partial(_close, page, 0.85)),
        ("evidence", partial(_evidence, page)),
        ("columns", partial(_columns, page)),
        ("focus", partial(_focus, page, 1)),
        ("focus-two", partial(_focus, page, 2)),
        ("target", partial(_target, page)),
        ("list", partial(_list, page)),
    )


def _whole(page: ErdPage, side: str = "source", density: Density | None = None) -> None:
    _ = page.content
    if page.toolbar.as_list.isChecked():
        page.toolbar.as_list.click()
    page.presenter.density = density
    page.open_with({"side": side})
    page.canvas.scene.choose_domain("")
    page.open_inspector()
    page.refresh(None)
    page.context.jobs.wait_idle(60_000)


def _overview(page: ErdPage) -> None:
    _whole(page)
    page.close_inspector()
    page.canvas.fit()


def _chief(page: ErdPage) -> str:
    """The table that is linked most among those that the contract uses."""
    diagram = page.presenter.diagram
    if diagram is None:
        return ""
    used = {name for name, table in diagram.tables.items() if table.approved + table.decided}
    count: Counter[str] = Counter()
    for link in diagram.relationships:
        count[link.child] += 1
    ranked = sorted(used, key=lambda n: (-count[n], n))
    return ranked[0] if ranked else next(iter(diagram.tables), "")


def _domain(page: ErdPage) -> None:
    _whole(page)
    diagram = page.presenter.diagram
    name = diagram.tables[_chief(page)].domain if diagram else ""
    page.canvas.scene.choose_domain(name)


def _close(page: ErdPage, zoom: float) -> None:
    _whole(page, density=Density.KEYS)
    page.canvas.scene.choose([_chief(page)])
    page.canvas.view.go_to(_chief(page), zoom=zoom)


def _columns(page: ErdPage) -> None:
    _whole(page, density=Density.COLUMNS)
    page.canvas.scene.choose([_chief(page)])
    page.canvas.view.go_to(_chief(page), zoom=0.9)


def _evidence(page: ErdPage) -> None:
    """A pointer on a line, and what it then says."""
    _focus(page, 1)
    canvas = page.canvas
    zoom = canvas.view.zoom
    edges = canvas.scene.quiet_edges(zoom, rows=False)
    if edges:
        edge = max(edges, key=lambda e: (len(e.row.evidence), e.row.id))
        at = canvas.view.viewportTransform().map(edge.path.pointAtPercent(0.5))
        canvas.scene.hover_edge(edge)
        canvas.view.set_hovered(edge.row.id, at.toPoint())


def _focus(page: ErdPage, hops: int) -> None:
    _whole(page)
    page.canvas.scene.choose([_chief(page)])
    page.focus_on(hops)
    page.context.jobs.wait_idle(60_000)
    if page.inspector.links.rows:
        page.inspector.choose_link(page.inspector.links.rows[0].key)


def _target(page: ErdPage) -> None:
    _whole(page, side="target")


def _list(page: ErdPage) -> None:
    _whole(page)
    page.toolbar.as_list.click()
