"""A small project in memory and a page of every component, for tests and for looking at.

Run it to look: `python tests/gui/gallery.py FOLDER` writes pictures of both themes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from caseload.gui.components.bars import Bar, CoverageBar, EvidenceBar, StackedBar
from caseload.gui.components.bulk import BulkBar
from caseload.gui.components.button import Button, IconButton
from caseload.gui.components.candidate import CandidateList
from caseload.gui.components.card import Card
from caseload.gui.components.chip import Chip
from caseload.gui.components.classmark import ClassMark
from caseload.gui.components.code import CodeWell
from caseload.gui.components.fields import SearchField, Select, TextField, TickBox
from caseload.gui.components.grid import GridView
from caseload.gui.components.gridmodel import Column, RowsModel
from caseload.gui.components.inspector import Facts, InspectorBody
from caseload.gui.components.label import Link
from caseload.gui.components.log import LogPanel
from caseload.gui.components.notice import InlineBar
from caseload.gui.components.pager import Pager
from caseload.gui.components.pill import STATUS_PILLS, Pill, PillSpec
from caseload.gui.components.segmented import Segmented
from caseload.gui.components.states import EmptyState, Offer
from caseload.gui.components.tile import KpiTile
from caseload.gui.job import LogLine
from caseload.gui.pages.base import Page, Shortcut, Toolbar
from caseload.gui.source import Badge, Hit
from caseload.model.contract import MappingClass, MappingStatus
from caseload.model.mapping import Candidate, Evidence
from caseload.model.stage import RunState
from caseload.model.views import ChangeKind, ChangeSet, Kpi, ProjectHeader
from caseload.model.views import Page as Rows

AT = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)


@dataclass(frozen=True)
class Line:
    """A row of the sample grid."""

    number: int
    field: str
    mapping_class: MappingClass
    source: str
    rule: str
    score: float
    status: MappingStatus


_NAMES = (
    "RECORD_NUMBER",
    "PMI_RECORD_NUMBER",
    "SYSTEM_CODE",
    "ADMISSION_NUMBER",
    "ADMISSION_DATE_TIME",
    "ADMISSION_METHOD",
    "ADMISSION_SOURCE",
    "INTENDED_MANAGEMENT",
    "PATIENT_CLASS",
    "WARD",
    "CONSULTANT",
    "SPECIALTY",
    "DISCHARGE_DATE_TIME",
    "DISCHARGE_METHOD",
    "DISCHARGE_DESTINATION",
    "LEGAL_STATUS",
    "DELAYED_DISCHARGE_REASON",
    "READY_FOR_DISCHARGE_DATE",
    "REFERRAL_RECORD_NUMBER",
    "BED_NUMBER",
)


def lines(count: int) -> list[Line]:
    """Rows of the sample grid, always the same."""
    classes, statuses = list(MappingClass), list(MappingStatus)
    return [
        Line(
            i,
            _NAMES[i % len(_NAMES)] + ("" if i < len(_NAMES) else f"_{i}"),
            classes[(i * 5 + i // 3) % 6],
            f"ADMITDISCH.{_NAMES[(i * 3) % len(_NAMES)].title().replace('_', '')}",
            "format_datetime(parse_datetime(AdmDateTimeInt, 'CCYYMMDDHHMM'))",
            round(1 - (i * 37 % 60) / 100, 2),
            statuses[(i * 7 + i // 4) % 5],
        )
        for i in range(count)
    ]


COLUMNS: tuple[Column[Line], ...] = (
    Column("field", "Target field", lambda r: r.field, 222, "name"),
    Column(
        "class", "Class", lambda r: r.mapping_class.value, 116, "class", lambda r: r.mapping_class
    ),
    Column("source", "Source", lambda r: r.source, 208, "path", stretch=1),
    Column("rule", "Rule", lambda r: r.rule, 200, "quiet", stretch=1),
    Column("score", "Score", lambda r: f"{r.score:.2f}", 88, "score", lambda r: r.score),
    Column(
        "status", "Status", lambda r: r.status.value, 118, "pill", lambda r: STATUS_PILLS[r.status]
    ),
)


class Memory:
    """A project of few facts that answers what the shell asks."""

    def __init__(self) -> None:
        self.undone = 0
        self.read_only = False
        self.interrupted: int | None = None

    def header(self) -> ProjectHeader:
        return ProjectHeader(
            "Quarry Vale Hospitals", "PAS replacement", "Trial load 3", "/srv/qvh.caseload",
            "Amara Osei", "Data Architect", self.read_only, "Jonas Mbeki" if self.read_only else "",
            14, 31, RunState.DONE, True, 7, 9, self.interrupted, AT,
        )  # fmt: skip

    def badges(self) -> dict[str, Badge]:
        return {"mappings": Badge(14, "warn", "to review"), "quality": Badge(3, "error", "errors")}

    def search(self, text: str, limit: int) -> Sequence[Hit]:
        names = [n for n in _NAMES if text.lower() in n.lower()][:limit]
        return [
            Hit(
                "Fields",
                "arrow-left-right",
                n,
                "LOAD_ADT_ADMISSIONS",
                "Mapping",
                "grid",
                {"field": n},
            )
            for n in names
        ] + [
            Hit(
                "Tables",
                "table-2",
                "LOAD_ADT_ADMISSIONS",
                "47 fields, 412,907 rows",
                "Target",
                "grid",
            )
        ]

    def undo(self) -> ChangeSet:
        self.undone += 1
        return ChangeSet(((ChangeKind.MAPPING, ("1",)),), message="Approval taken back")

    def problems(self) -> Sequence[tuple[str, str, str]]:
        return [
            ("error", "3 errors in the last run", "LOAD_ADT_ADMISSIONS, LOAD_PMI"),
            ("warn", "12 fields unresolved", "The gate allows 10"),
        ]


class GridPage(Page):
    """A grid page as a page author writes one."""

    page_id = "grid"
    title = "Mappings"
    interests = frozenset({ChangeKind.MAPPING})
    flush = True
    skeleton = "grid"

    def build(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        bar = Toolbar()
        self.search = SearchField("Filter fields")
        self.search.setFixedWidth(132)
        self.table = Chip(
            "Table", [("LOAD_ADT_ADMISSIONS", "LOAD_ADT_ADMISSIONS"), ("LOAD_PMI", "LOAD_PMI")]
        )
        self.table.set_keys(["LOAD_ADT_ADMISSIONS"])
        for widget in (self.search, self.table):
            bar.add(widget)
        for title in ("Class", "Status", "Score", "Owner"):
            bar.add(Chip(title, [("a", "First"), ("b", "Second")], several=True))
        bar.gap()
        bar.add(Select([("v", "Admissions to settle")], name="View", icon="bookmark", small=True))
        bar.add(Button("", icon="columns-3", small=True, name="Choose columns"))
        column.addWidget(bar)
        self.model: RowsModel[Line] = RowsModel(COLUMNS, row_id=lambda r: r.number, ticks=True)
        self.grid = GridView(self.model, name="Mappings")
        column.addWidget(self.grid, 1)
        self.bulk = BulkBar()
        self.bulk.add_button("Approve", "primary", icon="circle-check")
        self.bulk.add_button("Reject", icon="circle-x")
        self.bulk.add_button("Reclassify", icon="arrow-left-right")
        column.addWidget(self.bulk)
        self.pager = Pager()
        column.addWidget(self.pager)
        self.header.add_action(Button("Excel", icon="file-spreadsheet"))
        self.header.add_action(Button("Lock baseline", icon="lock"))
        self.header.add_action(Button("", icon="ellipsis", name="More"))
        self.grid.ticks_changed.connect(self._ticked)
        self.grid.row_chosen.connect(self._inspect)
        self.pager.changed.connect(self._page)
        self.search.searched.connect(self._filter)
        self.bulk.all_wanted.connect(self.grid.tick_all_matching)
        self.bulk.cleared.connect(self.grid.clear_ticks)
        self.inspector: InspectorBody | None = None
        return page

    def refresh(self, changes: ChangeSet | None) -> None:
        _ = self.content
        offset, size, text = self.pager.offset, self.pager.size, self.search.text().lower()

        def work() -> Rows[Line]:
            found = [line for line in lines(884) if text in line.field.lower()]
            return Rows(tuple(found[offset : offset + size]), offset, len(found), 884)

        self.ask(work, self._take)

    def _take(self, page: Rows[Line]) -> None:
        self.model.set_rows(page.rows)
        self.pager.set_total(page.total, page.all_rows)
        self.header.set_sub("884 fields, contract v14")
        self.show_full()

    def _page(self, _offset: int, _size: int) -> None:
        self.refresh(None)

    def _filter(self, _text: str) -> None:
        self.pager.start()
        self.refresh(None)

    def _ticked(self) -> None:
        ticks = self.model.ticks
        assert ticks is not None
        self.bulk.set_count(ticks.count(884), self.model.rowCount(), 884)

    def _inspect(self, row: Line) -> None:
        if self.inspector is None:
            self.inspector = InspectorBody()
            self.inspector.closed.connect(self._close)
            self.bar = InlineBar(
                "Approval lapsed.", "Guide 7.2 adds hours and minutes.", "warn", icon="rotate-ccw"
            )
            self.bar.add_button("Approve again")
            self.inspector.add_section(self.bar, ruled=False)
            self.candidates = CandidateList()
            self.inspector.add_section(self.candidates, "Candidates", "5 ranked")
            self.code = CodeWell(expression=True, name="Expression")
            self.inspector.add_section(self.code, "Expression")
            self.facts = Facts()
            self.inspector.add_section(self.facts, "Target")
            for words, icon in (("Comments 2", "message-square"), ("History 6", "history")):
                self.inspector.add_to_foot(Link(words, tone="text_2", icon=icon))
        kinds = ("name", "meaning", "type, size", "values", "context", "approvals")
        evidence = tuple(
            Evidence(k, s) for k, s in zip(kinds, (0.91, 0.88, 0.97, 0.99, 1.0, 0.44), strict=True)
        )
        self.inspector.set_title(
            row.field, "LOAD_ADT_ADMISSIONS, mandatory", STATUS_PILLS[row.status]
        )
        self.candidates.set_candidates(
            [
                Candidate("ADMITDISCH", "AdmDateTimeInt", 0.96, evidence),
                Candidate("ADMITDISCH", "AdmDateTime", 0.91, evidence),
                Candidate("WLENTRY", "AdmDateTime", 0.38, evidence),
            ],
            notes=("", "4% do not parse", "refused 12 Nov"),
        )
        self.code.set_code(
            "format_datetime(\n  parse_datetime(ADMITDISCH.AdmDateTimeInt,\n"
            "    'CCYYMMDDHHMM'),\n  'DD/MM/YYYY HH24:MI')"
        )
        self.code.fit()
        self.facts.set_facts(
            [("Type", "DATE"), ("Format", "DD/MM/YYYY HH24:MI"), ("Mandatory", "Yes")]
        )
        self.context.shell.inspect(self.inspector)

    def _close(self) -> None:
        self.context.shell.inspect(None)

    def filter_field(self) -> SearchField:
        return self.search

    def shortcuts(self) -> Sequence[Shortcut]:
        return (Shortcut("Ctrl+Return", "Approve the selected mappings", self._close),)

    def empty_state(self) -> QWidget:
        return EmptyState(
            "No mappings yet",
            "Build the mapping contract: one decision for every target field, from both catalogs.",
            icon="arrow-left-right",
            button="Build the contract",
            button_icon="play",
            on_button=self._close,
            offers=(
                Offer(
                    "package",
                    "Try the sample",
                    "A fictional vendor, 417 and 38 tables.",
                    "Load the sample",
                    self._close,
                ),
                Offer(
                    "book-open-text",
                    "What is a contract?",
                    "The six classes, and what a run needs.",
                    "Open help",
                    self._close,
                ),
            ),
        )


def kpis() -> list[Kpi]:
    return [
        Kpi(
            "nhs",
            "NHS number valid",
            99.42,
            "%",
            99.0,
            True,
            "higher",
            ((25, 98.9), (28, 99.1), (30, 99.31), (31, 99.42)),
            "",
        ),
        Kpi(
            "ward",
            "Ward closed at admission",
            7,
            "rows",
            0,
            False,
            "lower",
            ((28, 0), (29, 0), (30, 0), (31, 7)),
            "",
        ),
        Kpi(
            "rtt",
            "RTT clocks that tie",
            98.7,
            "%",
            99.5,
            False,
            "higher",
            ((29, 97.5), (30, 98.3), (31, 98.7)),
            "",
        ),
        Kpi(
            "dup",
            "Duplicate patients",
            412,
            "rows",
            500,
            True,
            "lower",
            ((29, 600), (30, 475), (31, 412)),
            "",
        ),
    ]


class CardsPage(Page):
    """Cards, tiles, bars and controls."""

    page_id = "cards"
    title = "Components"
    tabs = (("all", "Dashboard"), ("issues", "Issues 66"), ("rules", "Rules 142"))

    def build(self) -> QWidget:
        page = QWidget()
        grid = QGridLayout(page)
        grid.setContentsMargins(24, 16, 24, 24)
        grid.setSpacing(16)
        tiles = QHBoxLayout()
        tiles.setSpacing(12)
        for kpi in kpis():
            tiles.addWidget(KpiTile(kpi))
        grid.addLayout(tiles, 0, 0, 1, 2)
        grid.addWidget(self._controls(), 1, 0)
        grid.addWidget(self._bars(), 1, 1)
        self.log = LogPanel(zone=UTC)
        levels = ("info", "info", "warning", "info", "error", "info", "info")
        self.log.set_lines(
            [
                LogLine(
                    AT + timedelta(seconds=i),
                    level,
                    "LOAD_PMI",
                    f"route {i} of 2 PATDATA: 250,000 rows converted",
                )
                for i, level in enumerate(levels)
            ]
        )
        grid.addWidget(self.log, 2, 0, 1, 2)
        grid.setRowStretch(2, 1)
        self.header.add_action(Button("Thresholds", icon="sliders-horizontal"))
        self.header.add_action(Button("Judge again", "primary", icon="scale"))
        return page

    def _controls(self) -> Card:
        card = Card("Controls", "buttons, fields, pills")
        box = QVBoxLayout()
        box.setContentsMargins(16, 0, 16, 16)
        box.setSpacing(10)
        rows: list[list[QWidget]] = [
            [
                Button("Run", "primary", icon="play"),
                Button("Snapshots", icon="save"),
                Button("Cancel run", "warning", icon="square"),
                IconButton("ellipsis", "More"),
            ],
            [
                Segmented((("a", "strict"), ("b", "pre_production")), name="Mode"),
                Segmented((("a", "All 66"), ("b", "Errors 3"), ("c", "Unowned 21")), small=True),
                TickBox("Only changed"),
            ],
            [TextField("Rows"), Select([("d", "duckdb"), ("s", "spark")], name="Engine")],
            [Pill(STATUS_PILLS[s]) for s in MappingStatus]
            + [Pill(PillSpec("63%", "accent", "loader-circle"))],
            [ClassMark(c) for c in MappingClass],
        ]
        off = Button("Run from here", icon="play")
        off.setEnabled(False)
        rows[0].append(off)
        for widgets in rows:
            line = QHBoxLayout()
            line.setSpacing(8)
            for widget in widgets:
                line.addWidget(widget)
            line.addStretch(1)
            box.addLayout(line)
        card.body.addLayout(box)
        card.add_action(Link("Open quality"))
        return card

    def _bars(self) -> Card:
        card = Card("Bars", "coverage and evidence")
        box = QVBoxLayout()
        box.setContentsMargins(16, 4, 16, 16)
        box.setSpacing(12)
        stack = StackedBar(name="Contract")
        stack.set_parts(
            [
                (n, f"mapping_class.{c.value}", c.value)
                for n, c in zip((351, 168, 117, 96, 61, 91), MappingClass, strict=True)
            ]
        )
        cover = CoverageBar()
        cover.set_counts(30, 40, 100)
        for widget in (
            stack,
            Bar(0.63),
            Bar(0.8, "ok", height=6),
            cover,
            EvidenceBar("Name", 0.91),
            EvidenceBar("Values", 0.31),
        ):
            box.addWidget(widget)
        for kind, words in (
            ("error", "Run 31 could not be opened."),
            ("warn", "Approval lapsed."),
            ("info", "Run 32 finished."),
        ):
            box.addWidget(InlineBar(words, "Its ledger file does not match its hash.", kind))
        card.body.addLayout(box)
        return card

    def refresh(self, changes: ChangeSet | None) -> None:
        self.show_full()
