"""The master feeds: the trust's own agreed lists of staff, users, sites and practices."""

from __future__ import annotations

import csv

import numpy as np

from caseload.mockdata.frames import Bytes, Frame
from caseload.mockdata.lists import CodeBook
from caseload.mockdata.spelling import Speller
from caseload.model.catalog import Catalog, FieldSpec, Side, TableSpec
from caseload.model.shipped import shipped_root
from caseload.specs.meaning import FieldMeaning, Kind, Representation

_OF = {
    "MASTER_STAFF": "staff",
    "MASTER_USERS": "user",
    "MASTER_SITES": "site",
    "MASTER_PRACTICES": "practice",
}
_CONCEPTS = {
    "StaffCode": "staff_code",
    "Surname": "surname",
    "Forename": "first_forename",
    "Title": "title",
    "StaffType": "staff_type",
    "NationalCode": "national_code",
    "SpecCode": "specialty_code",
    "StartDate": "start_date",
    "EndDate": "end_date",
    "Email": "email_address",
    "JobTitle": "job_title",
    "Active": "active_indicator",
    "UserId": "user_id",
    "RoleCode": "user_role",
    "SiteCode": "site_code",
    "SiteName": "site_name",
    "OdsCode": "ods_code",
    "AddressLine1": "address_line_1",
    "AddressLine2": "address_line_2",
    "Town": "town",
    "County": "county",
    "Postcode": "postcode",
    "Phone": "work_telephone",
    "SiteType": "site_type",
    "OpenDate": "open_date",
    "CloseDate": "close_date",
    "PracticeCode": "practice_code",
    "PracticeName": "practice_name",
    "CommissionerCode": "commissioner_code",
}
_LISTS = {
    "title": "title",
    "staff_type": "staff_type",
    "user_role": "user_role",
    "site_type": "site_type",
}


def feed_catalog() -> Catalog:
    """schemas/master_feeds.csv as a catalog."""
    tables: dict[str, list[FieldSpec]] = {}
    path = shipped_root() / "schemas" / "master_feeds.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            fields = tables.setdefault(row["table_name"], [])
            spec = FieldSpec(
                row["table_name"],
                row["field_name"],
                len(fields) + 1,
                length=row["size"],
                description=row["description"],
            )
            fields.append(spec)
    return Catalog(Side.SOURCE, {name: TableSpec(name, tuple(f)) for name, f in tables.items()})


def feed_columns(
    table: TableSpec, frames: dict[str, Frame], codes: CodeBook
) -> tuple[list[str], list[Bytes]]:
    """Header and columns of one feed."""
    frame = frames[_OF[table.name]]
    speller = Speller(Side.SOURCE, frames, codes)
    columns = []
    for spec in table.fields:
        concept = _CONCEPTS.get(spec.field_name, "")
        fact = frame.facts.get(concept)
        dated = concept.endswith("_date")
        form = Representation.DATE if dated else Representation.TEXT
        kind = Kind.DATE if dated else Kind.TEXT
        form = Representation.FLAG if concept == "active_indicator" else form
        meaning = FieldMeaning(
            table.name, spec.field_name, concept, kind, frame.name, form, _LISTS.get(concept, "")
        )
        values = speller.spell(fact, spec, meaning) if fact is not None else None
        columns.append(values if values is not None else np.full(frame.rows, b"", "S1"))
    return [spec.field_name for spec in table.fields], columns
