"""The mapping contract from the command line: list, edit, approve, reject."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from caseload.cli.door import Answer, Door, command, group, plain
from caseload.model.contract import Confidence, MappingClass, MappingStatus
from caseload.model.errors import BadInput
from caseload.model.views import ChangeSet, MappingQuery, MappingRow

PANEL = "Decisions"
EVERY = 1_000_000

Fields = Annotated[
    list[str] | None,
    typer.Argument(metavar="TABLE.FIELD", help="Target fields; more than one is fine."),
]
Table = Annotated[
    list[str] | None,
    typer.Option("--table", metavar="TABLE", help="Only this load table; repeat for more."),
]
Class = Annotated[
    list[MappingClass] | None,
    typer.Option("--class", metavar="CLASS", help="Only this class; repeat for more."),
]
Status = Annotated[
    list[MappingStatus] | None,
    typer.Option("--status", metavar="STATUS", help="Only this status; repeat for more."),
]
Sure = Annotated[
    list[Confidence] | None,
    typer.Option(
        "--confidence", metavar="LEVEL", help="Only HIGH, MEDIUM or LOW; repeat for more."
    ),
]
Text = Annotated[
    str, typer.Option("--text", metavar="WORDS", help="Only rules that speak of these words.")
]
Unresolved = Annotated[bool, typer.Option("--unresolved", help="Only fields that need a decision.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    mappings = group("mappings", "The mapping contract: one rule for every target field.")
    command(mappings, "list")(list_)
    command(mappings, "set")(set_)
    command(mappings, "approve")(approve)
    command(mappings, "reject")(reject)
    app.add_typer(mappings, rich_help_panel=PANEL)


def list_(
    door: Door,
    table: Table = None,
    mapping_class: Class = None,
    status: Status = None,
    confidence: Sure = None,
    text: Text = "",
    unresolved: Unresolved = False,
    sort: Annotated[
        str, typer.Option("--sort", metavar="COLUMN", help="Sort by this column.")
    ] = "position",
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=1, help="At most so many rows.")
    ] = 50,
    offset: Annotated[
        int, typer.Option("--offset", metavar="N", min=0, help="Leave out the first so many.")
    ] = 0,
) -> Answer:
    """List rules, with filters.

    Example: caseload -p qvh mappings list --table LOAD_PMI --status DRAFT
    """
    from caseload.services import mappings

    query = MappingQuery(
        text=text,
        tables=tuple(table or ()),
        classes=tuple(mapping_class or ()),
        statuses=tuple(status or ()),
        confidences=tuple(c.value for c in confidence or ()),
        unresolved=unresolved or None,
        sort=sort,
        offset=offset,
        limit=limit,
    )
    with door.open(read_only=True) as session:
        page = mappings.rows(session, query)
    door.table(
        "",
        ["Target field", "Class", "Source", "Rule", "Sure", ">Score", "Status"],
        [_cells(row) for row in page.rows],
    )
    door.say(f"{len(page.rows)} of {page.total:,} that match; {page.all_rows:,} rules in all")
    return Answer(
        {
            "rows": [_as_json(row) for row in page.rows],
            "offset": page.offset,
            "total": page.total,
            "all_rows": page.all_rows,
        }
    )


def set_(
    door: Door,
    field: Annotated[str, typer.Argument(metavar="TABLE.FIELD", help="The target field.")],
    mapping_class: Annotated[
        str | None, typer.Option("--class", metavar="CLASS", help="One of the six mapping classes.")
    ] = None,
    source: Annotated[
        str | None,
        typer.Option("--source", metavar="TABLE.FIELD", help="The primary source field."),
    ] = None,
    expression: Annotated[
        str | None, typer.Option("--expression", metavar="TEXT", help="What fills the field.")
    ] = None,
    crosswalk: Annotated[
        str | None, typer.Option("--crosswalk", metavar="NAME", help="The crosswalk; '' for none.")
    ] = None,
    on_miss: Annotated[
        str | None,
        typer.Option("--on-miss", metavar="POLICY", help="reject, null, pass or default:VALUE."),
    ] = None,
    default: Annotated[
        str | None,
        typer.Option(
            "--default", metavar="VALUE", help="What pre_production imputes; '' for none."
        ),
    ] = None,
    notes: Annotated[
        str | None, typer.Option("--notes", metavar="TEXT", help="Why it is so.")
    ] = None,
    candidate: Annotated[
        int | None,
        typer.Option("--candidate", metavar="RANK", help="Take this suggestion, from 1."),
    ] = None,
) -> Answer:
    """Edit one rule; what cannot run is refused, with the place of the mistake.

    Example: caseload -p qvh mappings set LOAD_PMI.SEX --source PATDATA.PtSex --crosswalk sex
    """
    from caseload.services import mappings

    given: dict[str, Any] = {
        "mapping_class": mapping_class,
        "expression": expression,
        "crosswalk": crosswalk,
        "on_miss": on_miss,
        "notes": notes,
    }
    changes = {key: value for key, value in given.items() if value is not None}
    if default is not None:
        changes["default_value"] = default or None
    if source is not None:
        changes["source_table"], _, changes["source_field"] = source.partition(".")
    if not changes and candidate is None:
        raise BadInput("Nothing was said to change", where=field, remedy="See: mappings set --help")
    with door.open() as session:
        ids = mappings.numbers_of(session, [field])
        if len(ids) > 1:
            raise BadInput(
                f"{field} has a rule for each of {len(ids)} routes",
                remedy="Name one as TABLE.FIELD@route; the mappings list with --json shows them",
            )
        if candidate is not None:
            done = mappings.accept_candidate(session, ids[0], candidate)
        if changes:
            done = mappings.set_rule(session, ids[0], changes)
    return _told(door, done, 1)


def approve(
    door: Door,
    fields: Fields = None,
    table: Table = None,
    mapping_class: Class = None,
    status: Status = None,
    confidence: Sure = None,
    text: Text = "",
) -> Answer:
    """Approve rules as they stand: those named, or all that match the filters.

    An approval lapses (RE_REVIEW) when the rule, its crosswalk or the field's spec changes.

    Example: caseload -p qvh mappings approve --table LOAD_PMI --confidence HIGH
    """
    from caseload.services import mappings

    query = _query(fields, table, mapping_class, status, confidence, text)
    with door.open() as session:
        ids = mappings.numbers_of(session, fields) if fields else mappings.rule_ids(session, query)
        done = mappings.approve(session, ids)
    return _told(door, done, len(ids))


def reject(
    door: Door,
    fields: Fields = None,
    table: Table = None,
    mapping_class: Class = None,
    status: Status = None,
    confidence: Sure = None,
    text: Text = "",
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason.")] = "",
) -> Answer:
    """Reject rules as they stand: those named, or all that match the filters.

    Example: caseload -p qvh mappings reject LOAD_PMI.RELIGION --why "not collected since 2019"
    """
    from caseload.services import mappings

    query = _query(fields, table, mapping_class, status, confidence, text)
    with door.open() as session:
        ids = mappings.numbers_of(session, fields) if fields else mappings.rule_ids(session, query)
        done = mappings.reject(session, ids, why)
    return _told(door, done, len(ids))


def _query(
    fields: list[str] | None,
    table: list[str] | None,
    mapping_class: list[MappingClass] | None,
    status: list[MappingStatus] | None,
    confidence: list[Confidence] | None,
    text: str,
) -> MappingQuery:
    chosen = bool(table or mapping_class or status or confidence or text)
    if bool(fields) == chosen:
        raise BadInput(
            "Name target fields, or choose them by filters, but not both"
            if fields
            else "No mapping was chosen",
            where="command line",
            remedy="For example: LOAD_PMI.SEX, or --table LOAD_PMI --confidence HIGH",
        )
    return MappingQuery(
        text=text,
        tables=tuple(table or ()),
        classes=tuple(mapping_class or ()),
        statuses=tuple(status or ()),
        confidences=tuple(c.value for c in confidence or ()),
        limit=EVERY,
    )


def _told(door: Door, done: ChangeSet, count: int) -> Answer:
    door.say(done.message)
    return Answer({"changed": count, "message": done.message, "undo": done.undo_label})


def _cells(row: MappingRow) -> list[Any]:
    rule = row.rule
    source = f"{rule.source_table}.{rule.source_field}" if rule.source_field else ""
    return [
        f"{rule.target_table}.{rule.target_field}" + (f"@{rule.route}" if rule.route else ""),
        rule.mapping_class,
        source,
        rule.mapping_rule[:60],
        rule.confidence,
        f"{row.score:.2f}",
        rule.status,
    ]


def _as_json(row: MappingRow) -> dict[str, Any]:
    """A row without its number, which means nothing outside a session."""
    data: dict[str, Any] = plain(row)
    data.pop("rule_id")
    return {**data.pop("rule"), **data}
