"""What columns can hold, and the words that stand in columns of types and of flags."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a column can hold.  NULLABLE is the opposite of MANDATORY.

    PRECISION stands beside LENGTH where numbers have a column of their own for it; LOADED_TO is
    the new system's own column that a value ends in.
    """

    TABLE = "table"
    FIELD = "field"
    TYPE = "type"
    LENGTH = "length"
    PRECISION = "precision"
    SCALE = "scale"
    MANDATORY = "mandatory"
    NULLABLE = "nullable"
    DESCRIPTION = "description"
    ELEMENT = "data element"
    DELETED = "delete flag"
    RELEASED = "released"
    CODE_TYPE = "code type"
    KEY = "key"
    UNIQUE = "unique"
    FOREIGN = "foreign key"
    FOREIGN_TABLE = "foreign table"
    FOREIGN_FIELD = "foreign field"
    FORMAT = "format"
    VALUES = "values"
    CONDITION = "condition"
    POSITION = "position"
    TABLE_DESCRIPTION = "table description"
    LOADED_TO = "loaded to"


TYPE_WORDS = (
    r"(?:n?var)?char2?",
    r"n?varchar2?",
    r"character(?: varying)?",
    r"string",
    r"text",
    r"clob",
    r"blob",
    r"memo",
    r"number",
    r"numeric",
    r"num",
    r"(?:big|small|tiny)?int(?:eger)?\d?",
    r"long",
    r"short",
    r"decimal",
    r"dec",
    r"float\d?",
    r"double(?: precision)?",
    r"real",
    r"money",
    r"date",
    r"time",
    r"date ?time\d?",
    r"timestamp",
    r"bool(?:ean)?",
    r"bit",
    r"flag",
    r"raw",
    r"binary",
    r"uuid",
    r"guid",
    r"alpha(?:numeric)?",
    r"an",
    r"a",
    r"n",
    r"x",
    r"varbinary",
    r"xml",
    r"json",
    r"enum",
    r"code",
    r"id",
    r"identifier",
    r"serial",
    r"currency",
    r"year",
    r"array",
    r"object",
    r"(?:small|big)?serial",
    r"smalldatetime|datetimeoffset|timestamptz|timetz|interval|rowversion",
    r"uniqueidentifier|hierarchyid|sysname|rowid|oid",
    r"(?:tiny|medium|long)(?:text|blob)|mediumint",
    r"nclob|ntext|bfile|bytea|image|jsonb|citext|nchar|smallmoney",
    r"binary_(?:float|double)|long raw",
    r"point|geometry|geography|inet|cidr",
)
"""Data types, without length."""

_YES = """y yes true t 1 x m r req mandatory required compulsory always pk p nn
    j ja wahr w pflicht muss oui vrai v obligatoire si sim s verdadero verdadeiro
    obligatorio obbligatorio obrigatorio vero verplicht kylla pakollinen tak prawda wymagane
    obowiazkowe obligatorisk obligatoriskt sann sant ie gorfodol gwir
    \u2713 \u2714 \u2611 \u2612 \u25cf \u2022 * + -1 1..1 1..* 1..n 1:1 1-1"""
_NO = """n no false f 0 o c opt optional conditional never nein falsch kann fakultativ k non faux
    facultatif facultative opcional facoltativo opzionale falso nao nee optioneel onwaar nej nei
    valfri valgfri falsk usant ei valinnainen nie opcjonalne falsz na nac dewisol ffug
    null nullable 0..1 0..* 0..n 0:1 0-1 \u2717 \u2718 \u2610 \u25cb"""

YES_WORDS = frozenset(_YES.split()) | {"not null", "not nullable", "non null", "no nulo"}
"""What means yes in a column of flags, without accents; mandatory, in one of obligations."""

NO_WORDS = frozenset(_NO.split())
"""What means no in a column of flags, without accents; not mandatory, in one of obligations."""

YES_NO_WORDS = YES_WORDS | NO_WORDS
"""What flag columns hold."""
