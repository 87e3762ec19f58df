"""SQL scripts of five dialects give the tables, keys, checks and comments that they declare."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from caseload.model.catalog import FieldSpec
from caseload.model.errors import BadInput
from caseload.specs.readers.grid import Reading
from caseload.specs.readers.sql_statements import dialect_of, statements

Reader = Callable[[Path], Reading]

ORACLE = """-- the patients
CREATE TABLE "PAS"."PATDATA" (
  IntPatNo NUMBER(9) NOT NULL ENABLE, -- internal number
  "PtDoB" DATE DEFAULT SYSDATE,
  Sex VARCHAR2(1 CHAR) CONSTRAINT ck_sex CHECK (Sex IN ('M','F','N/A')),
  Weight NUMBER(5,2),
  Ts TIMESTAMP(6) WITH TIME ZONE,
  CONSTRAINT pk_pat PRIMARY KEY (IntPatNo) USING INDEX TABLESPACE x ENABLE
) TABLESPACE data PCTFREE 10 STORAGE (INITIAL 64K);
/
COMMENT ON TABLE PAS.PATDATA IS 'The patients'' table';
COMMENT ON COLUMN PAS.PATDATA.PtDoB IS 'Date of birth; as displayed';
CREATE TABLE OPA (IntPatNo NUMBER(9), ApptNo NUMBER, PRIMARY KEY (IntPatNo, ApptNo));
ALTER TABLE OPA ADD CONSTRAINT f FOREIGN KEY (IntPatNo) REFERENCES PAS.PATDATA (IntPatNo) ENABLE;
ALTER TABLE OPA ADD (Extra VARCHAR2(10), Other DATE);
ALTER TABLE OPA MODIFY (Extra NOT NULL);
"""
SERVER = """SET ANSI_NULLS ON
GO
CREATE TABLE [dbo].[Patient Data](
\t[Id] [int] IDENTITY(1,1) NOT NULL,
\t[Name] [nvarchar](100) COLLATE Latin1_General_CI_AS NULL,
\t[Big] [nvarchar](max) NULL,
\t[Amount] [decimal](10, 2) NOT NULL CONSTRAINT [DF_x] DEFAULT ((0)),
\t[Sex] [char](1) NULL,
 CONSTRAINT [PK_P] PRIMARY KEY CLUSTERED
(
\t[Id] ASC
)WITH (PAD_INDEX = OFF, IGNORE_DUP_KEY = OFF) ON [PRIMARY]
) ON [PRIMARY] TEXTIMAGE_ON [PRIMARY]
GO
CREATE TABLE dbo.Visit (VisitId uniqueidentifier NOT NULL PRIMARY KEY,
  PatientId int NOT NULL REFERENCES dbo.[Patient Data](Id))
GO
ALTER TABLE [dbo].[Patient Data] WITH CHECK ADD CONSTRAINT [CK] CHECK (([Sex]='M' OR [Sex]='F'))
GO
EXEC sys.sp_addextendedproperty @name=N'MS_Description', @value=N'The patient''s name',
 @level0type=N'SCHEMA',@level0name=N'dbo', @level1type=N'TABLE',@level1name=N'Patient Data',
 @level2type=N'COLUMN',@level2name=N'Name'
GO
"""
MYSQL = """CREATE TABLE IF NOT EXISTS `pas`.`patdata` (
  `id` int(11) unsigned NOT NULL AUTO_INCREMENT COMMENT 'Key, the first',
  `sex` enum('M','F','N/A') DEFAULT 'M' COMMENT 'It''s sex',
  `amount` decimal(10,2) DEFAULT '0.00',
  `txt` varchar(255) CHARACTER SET utf8 COLLATE utf8_bin NOT NULL DEFAULT '',
  PRIMARY KEY (`id`), UNIQUE KEY `u1` (`txt`), KEY `k` (`sex`,`amount`),
  CONSTRAINT `f` FOREIGN KEY (`amount`) REFERENCES `other` (`x`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='Patients';
INSERT INTO patdata VALUES (1,'CREATE TABLE t (x int);',"c");
"""
POSTGRES = """CREATE TABLE public.patient (
    id bigint NOT NULL,
    name character varying(100) DEFAULT 'x'::character varying,
    ts timestamp without time zone,
    sex character(1),
    CONSTRAINT c CHECK (((sex)::text = ANY ((ARRAY['M'::character varying, 'F'::character varying])::text[])))
);
CREATE TABLE archive.patient (id bigserial primary key, v double precision);
ALTER TABLE ONLY public.patient ADD CONSTRAINT patient_pkey PRIMARY KEY (id);
ALTER TABLE ONLY archive.patient ADD CONSTRAINT fk FOREIGN KEY (id) REFERENCES public.patient(id)
  DEFERRABLE INITIALLY DEFERRED;
COMMENT ON COLUMN public.patient.ts IS 'When';
CREATE FUNCTION f() RETURNS void AS $$ BEGIN CREATE TABLE nope (a int); END; $$ LANGUAGE plpgsql;
"""  # noqa: E501
SQLITE = """PRAGMA foreign_keys=OFF;
CREATE TABLE patient (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, untyped,
  sex TEXT CHECK (sex IN ('M','F'))) WITHOUT ROWID;
create table "order details" ("line no" integer, patient_id integer references patient(id));
"""


def fields(read: Reader, path: Path, script: str) -> dict[str, FieldSpec]:
    path.write_text(script, encoding="utf-8")
    reading = read(path)
    assert reading.document.reader == "sql"
    return {f.qualified: f for t in reading.tables for f in t.fields}


def brief(spec: FieldSpec) -> tuple[str, str, bool, bool]:
    return spec.data_type, spec.length, spec.mandatory, spec.key


@pytest.mark.parametrize(
    ("dialect", "script"),
    [("oracle", ORACLE), ("tsql", SERVER), ("mysql", MYSQL), ("postgres", POSTGRES),
     ("sqlite", SQLITE)],
)  # fmt: skip
def test_the_dialect_is_told_from_the_script(dialect: str, script: str) -> None:
    assert dialect_of(script) == dialect


def test_oracle_with_comments_keys_and_later_columns(tmp_path: Path, read: Reader) -> None:
    found = fields(read, tmp_path / "s.sql", ORACLE)
    assert brief(found["PATDATA.IntPatNo"]) == ("NUMBER", "9", True, True)
    assert found["PATDATA.IntPatNo"].description == "internal number"
    assert brief(found["PATDATA.PtDoB"]) == ("DATE", "", False, False)
    assert found["PATDATA.PtDoB"].description == "Date of birth; as displayed"
    assert found["PATDATA.Sex"].allowed_values == ("M", "F", "N/A")
    assert brief(found["PATDATA.Sex"]) == ("VARCHAR2", "1", False, False)
    assert brief(found["PATDATA.Weight"]) == ("NUMBER", "5,2", False, False)
    assert brief(found["PATDATA.Ts"]) == ("TIMESTAMP WITH TIME ZONE", "6", False, False)
    assert brief(found["OPA.ApptNo"]) == ("NUMBER", "", True, True)
    assert (found["OPA.IntPatNo"].foreign_table, found["OPA.IntPatNo"].foreign_field) == (
        "PATDATA",
        "IntPatNo",
    )
    assert brief(found["OPA.Extra"]) == ("VARCHAR2", "10", True, False)
    assert found["PATDATA.Weight"].provenance.row == 6


def test_the_table_keeps_its_comment(tmp_path: Path, read: Reader) -> None:
    path = tmp_path / "s.ddl"
    path.write_text(ORACLE, encoding="utf-8")
    assert read(path).tables[0].description == "The patients' table"


def test_sql_server_with_batches_brackets_and_extended_properties(
    tmp_path: Path, read: Reader
) -> None:
    found = fields(read, tmp_path / "s.sql", SERVER)
    assert brief(found["Patient Data.Id"]) == ("INT", "", True, True)
    assert brief(found["Patient Data.Name"]) == ("NVARCHAR", "100", False, False)
    assert found["Patient Data.Name"].description == "The patient's name"
    assert brief(found["Patient Data.Big"]) == ("NVARCHAR", "MAX", False, False)
    assert brief(found["Patient Data.Amount"]) == ("DECIMAL", "10,2", True, False)
    assert found["Patient Data.Sex"].allowed_values == ("M", "F")
    assert found["Visit.VisitId"].key
    assert found["Visit.PatientId"].foreign_table == "Patient Data"


def test_mysql_with_enumerations_and_comments(tmp_path: Path, read: Reader) -> None:
    found = fields(read, tmp_path / "s.sql", MYSQL)
    assert set(found) == {"patdata.id", "patdata.sex", "patdata.amount", "patdata.txt"}
    assert brief(found["patdata.id"]) == ("INT UNSIGNED", "11", True, True)
    assert found["patdata.sex"].allowed_values == ("M", "F", "N/A")
    assert found["patdata.sex"].description == "It's sex"
    assert found["patdata.txt"].unique
    assert found["patdata.amount"].foreign_table == "other"


def test_postgres_with_two_tables_of_one_name(tmp_path: Path, read: Reader) -> None:
    found = fields(read, tmp_path / "s.sql", POSTGRES)
    assert brief(found["public.patient.id"]) == ("BIGINT", "", True, True)
    assert brief(found["public.patient.name"]) == ("CHARACTER VARYING", "100", False, False)
    assert found["public.patient.sex"].allowed_values == ("M", "F")
    assert found["public.patient.ts"].description == "When"
    assert found["archive.patient.id"].foreign_table == "public.patient"
    assert len(found) == 6


def test_sqlite_with_columns_of_no_type(tmp_path: Path, read: Reader) -> None:
    found = fields(read, tmp_path / "s.sql", SQLITE)
    assert found["patient.id"].key
    assert found["patient.untyped"].data_type == ""
    assert found["patient.sex"].allowed_values == ("M", "F")
    assert found["order details.patient_id"].foreign_table == "patient"
    assert "order details.line no" in found


def test_what_cannot_be_parsed_is_told_with_its_line(tmp_path: Path, read: Reader) -> None:
    path = tmp_path / "s.sql"
    path.write_text(
        "CREATE TABLE A (x NUMBER(3),\n  y WIBBLE WOBBLE WUBBLE);\n"
        "CREATE TABLE B AS SELECT * FROM A;\nCREATE TABLE A (z DATE);\n"
        "ALTER TABLE NOWHERE ADD (q DATE);\n",
        encoding="utf-8",
    )
    reading = read(path)
    assert next((f.qualified, f.length) for t in reading.tables for f in t.fields) == ("A.x", "3")
    told = [(p.message.split(":")[0], p.provenance.row) for p in reading.problems]
    assert ("CREATE TABLE B lists no columns; it was not read", 3) in told
    assert ("Table A is created a second time; the first is kept", 4) in told
    assert ("ALTER TABLE NOWHERE", 5) in told


def test_a_script_without_tables_is_refused(tmp_path: Path, read: Reader) -> None:
    path = tmp_path / "s.sql"
    path.write_text("SELECT 1;\nGO\n", encoding="utf-8")
    with pytest.raises(BadInput, match="no CREATE TABLE"):
        read(path)


def test_statements_end_where_their_dialects_end_them() -> None:
    script = "A 'x;y' -- no; end\n;B\nGO\nC /* ; */ D\n/\nE"
    assert [(s.text.split()[0], s.line) for s in statements(script)] == [
        ("A", 1),
        ("B", 2),
        ("C", 4),
        ("E", 6),
    ]


SPOILT = """PROMPT Creating the patients' table
CREATE TABLE pat (id NUMBER(9) NOT NULL, dir VARCHAR2(20) DEFAULT 'C:\\', prompt VARCHAR2(5))
CREATE TABEL oops (a b c;
INSERT INTO log VALUES ('never closed);
CREATE TABLE opa (id NUMBER(9), pat_id NUMBER(9)
CREATE TABLE ipa (id NUMBER(9), pat_id NUMBER(9));
COPY ipa (id, note) FROM stdin;
1\tit's; (here
\\.
ALTER TABLE ipa ADD CONSTRAINT k PRIMARY KEY (id) ENFORCED;
COMMENT ON COLUMN ipa.id IS 'kept in C:\\';
COMMENT ON COLUMN ipa.pat_id IS 'whose';
"""


def test_a_spoilt_statement_costs_no_other_its_table(read: Reader, tmp_path: Path) -> None:
    path = tmp_path / "spoilt.sql"
    path.write_text(SPOILT, encoding="utf-8")
    tables = {table.name: table for table in read(path).tables}
    assert {name: len(table.fields) for name, table in tables.items()} == {
        "pat": 3, "opa": 2, "ipa": 2,
    }  # fmt: skip
    first, second = tables["ipa"].fields
    assert first.key
    assert (first.description, second.description) == ("kept in C:\\", "whose")
