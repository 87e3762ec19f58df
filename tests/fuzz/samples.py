"""Small documents of every kind that the program reads: what the mutator starts from."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

from docx import Document
from openpyxl import Workbook
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Table

HEADER = ("Table", "Field", "Type", "Length", "Mandatory", "Description")
ROWS = tuple(
    (
        f"LOAD_{table}",
        name,
        kind,
        size,
        "Y" if number == 0 else "N",
        comment,
    )
    for table in ("PMI", "REFERRAL", "WARD_STAY")
    for number, (name, kind, size, comment) in enumerate(
        (
            ("RECORD_NUMBER", "NUMBER", "10", "Mandatory field. Unique"),
            ("HOSPITAL_NUMBER", "VARCHAR2", "20", "Foreign key to LOAD_PMI.RECORD_NUMBER"),
            ("DATE_OF_BIRTH", "DATE", "", "Must be in format: DD/MM/YYYY [HH24:MI]"),
            ("SEX", "VARCHAR2", "1", 'Maps to: code type 12 "Sex". Only M, F or U'),
            ("ÄLTERER_NAME", "VARCHAR2", "40", "Uppercase – as printed"),
        )
    )
)


def _xlsx(path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["Dictionary of a hospital"])
    sheet.append(list(HEADER))
    for row in ROWS:
        sheet.append(list(row))
    sheet["H3"] = "=1+1"
    sheet.merge_cells("A1:F1")
    book.create_sheet("Empty")
    book.create_sheet("Notes").append(["Release", 7])
    book.save(path)


def _docx(path: Path) -> None:
    document = Document()
    for table in dict.fromkeys(row[0] for row in ROWS):
        document.add_heading(table, 2)
        document.add_paragraph("What is loaded first.")
        rows = [row[1:] for row in ROWS if row[0] == table]
        grid = document.add_table(0, len(HEADER) - 1)
        for cells in (HEADER[1:], *rows):
            for cell, text in zip(grid.add_row().cells, cells, strict=True):
                cell.text = text
    document.save(str(path))


def _pdf(path: Path) -> None:
    styles = getSampleStyleSheet()
    story: list[object] = []
    for table in dict.fromkeys(row[0] for row in ROWS):
        story.append(Paragraph(f"TABLE NAME: {table}", styles["Heading2"]))
        cells = [("DATATYPE", "LENGTH", "NAME", "COMMENTS")]
        cells += [(r[2], r[3], r[1], Paragraph(r[5], styles["BodyText"])) for r in ROWS
                  if r[0] == table]  # fmt: skip
        grid = Table(cells, colWidths=(70, 50, 150, 200))
        grid.setStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black)])
        story += [grid, PageBreak()]
    SimpleDocTemplate(str(path), pagesize=A4, invariant=1).build(story)


def _csv(path: Path) -> None:
    lines = [";".join(HEADER), *(";".join(f'"{cell}"' for cell in row) for row in ROWS)]
    path.write_text("\r\n".join(lines), encoding="utf-8-sig")


def _wide_csv(path: Path) -> None:
    text = "\n".join(",".join(row).replace('"', "'") for row in (HEADER, *ROWS))
    path.write_text(text, encoding="utf-16")


def _sql(path: Path) -> None:
    statements = []
    for table in dict.fromkeys(row[0] for row in ROWS):
        columns = [
            f"  {r[1]} {r[2]}{f'({r[3]})' if r[3] else ''}{' NOT NULL' if r[4] == 'Y' else ''}"
            for r in ROWS
            if r[0] == table
        ]
        columns += ["  PRIMARY KEY (RECORD_NUMBER)", "  CHECK (SEX IN ('M', 'F', 'U'))"]
        if table != "LOAD_PMI":
            columns.append("  FOREIGN KEY (HOSPITAL_NUMBER) REFERENCES LOAD_PMI (RECORD_NUMBER)")
        body = ",\n".join(columns)
        statements.append(f"-- {table}\nCREATE TABLE {table} (\n{body}\n);")
        statements.append(f"COMMENT ON COLUMN {table}.SEX IS 'It''s a code';")
    path.write_text("\n".join(statements), encoding="utf-8")


def _json_schema(path: Path) -> None:
    kinds = {"NUMBER": "integer", "VARCHAR2": "string", "DATE": "string"}
    definitions = {}
    for table in dict.fromkeys(row[0] for row in ROWS):
        fields = {
            r[1]: {"type": kinds[r[2]], "maxLength": int(r[3] or 10), "description": r[5]}
            for r in ROWS
            if r[0] == table
        }
        fields["SEX"]["enum"] = ["M", "F", "U"]
        fields["OTHER"] = {"$ref": "#/$defs/LOAD_PMI"}
        definitions[table] = {
            "type": "object",
            "properties": fields,
            "required": ["RECORD_NUMBER"],
        }
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": definitions}
    path.write_text(json.dumps(schema, indent=1), encoding="utf-8")


def _ods(path: Path) -> None:
    rows = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p>'
            "</table:table-cell>"
            for cell in row
        )
        + "</table:table-row>"
        for row in (HEADER, *ROWS)
    )
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces} office:version="1.2">'
        f'<office:body><office:spreadsheet><table:table table:name="Columns">{rows}'
        '<table:table-row table:number-rows-repeated="1000000"><table:table-cell/>'
        "</table:table-row></table:table></office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
        "</manifest:manifest>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("content.xml", content, zipfile.ZIP_DEFLATED)
        archive.writestr("META-INF/manifest.xml", manifest, zipfile.ZIP_DEFLATED)


def _snapshot(path: Path) -> None:
    def column(row: tuple[str, ...]) -> dict[str, object]:
        return {
            "name": row[1], "data_type": row[2], "length": row[3], "nullable": row[4] != "Y",
            "default": "", "comment": row[5], "values": [],
        }  # fmt: skip

    tables = [
        {
            "schema": "public",
            "name": table,
            "columns": [column(row) for row in ROWS if row[0] == table],
            "comment": "",
            "primary_key": ["RECORD_NUMBER"],
            "unique": [["HOSPITAL_NUMBER"]],
            "foreign_keys": [
                {"columns": ["HOSPITAL_NUMBER"], "schema": "public", "table": "LOAD_PMI",
                 "to": ["RECORD_NUMBER"]}
            ],
            "checks": ["sex in ('M', 'F')"],
        }
        for table in dict.fromkeys(row[0] for row in ROWS)
    ]  # fmt: skip
    found = {"caseload": "caseload database metadata 1", "engine": "postgresql",
             "version": "15", "database": "pas", "tables": tables, "notes": []}  # fmt: skip
    path.write_text(json.dumps(found), encoding="utf-8")


def _sqlite(path: Path) -> None:
    connection = sqlite3.connect(path)
    for table in dict.fromkeys(row[0] for row in ROWS):
        columns = ", ".join(f'"{r[1]}" {r[2]}({r[3] or 7})' for r in ROWS if r[0] == table)
        connection.execute(f"CREATE TABLE {table} ({columns}, CHECK (SEX IN ('M', 'F')))")
    connection.commit()
    connection.close()


MAKERS: dict[str, Callable[[Path], None]] = {
    "book.xlsx": _xlsx,
    "book.ods": _ods,
    "words.docx": _docx,
    "guide.pdf": _pdf,
    "plain.csv": _csv,
    "wide.csv": _wide_csv,
    "ddl.sql": _sql,
    "schema.json": _json_schema,
    "live.json": _snapshot,
    "tables.db": _sqlite,
}
"""How to make each sample, by its file name."""


def samples(folder: Path) -> dict[str, bytes]:
    """All samples' bytes by file name; they are made in `folder`."""
    made = {}
    for name, make in MAKERS.items():
        make(folder / name)
        made[name] = (folder / name).read_bytes()
    return made
