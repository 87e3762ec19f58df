"""The words that head the columns of dictionaries and guides, as patterns on lower-case words."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a column can hold.  NULLABLE is the opposite of MANDATORY."""

    TABLE = "table"
    FIELD = "field"
    TYPE = "type"
    LENGTH = "length"
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


HEADER_WORDS: tuple[tuple[Role, float, tuple[str, ...]], ...] = (
    (
        Role.FOREIGN_TABLE,
        1.0,
        (r"\b(?:fk|foreign|references?d?|ref|parent|lookup)\b.*\b(?:table|entity)\b",),
    ),
    (
        Role.FOREIGN_FIELD,
        1.0,
        (r"\b(?:fk|foreign|references?d?|parent)\b.*\b(?:field|column|attribute)\b",),
    ),
    (
        Role.FOREIGN,
        0.9,
        (r"^(?:is )?(?:fk|foreign key|references?|relationship|ref)s?$",),
    ),
    (
        Role.KEY,
        1.0,
        (
            (
                r"^(?:is )?(?:pk|primary|primary key|key|key field|part of key|"
                r"identifier|unique key|in key)$"
            ),
        ),
    ),
    (
        Role.UNIQUE,
        0.9,
        (r"^(?:is )?unique$",),
    ),
    (
        Role.ELEMENT,
        1.0,
        (
            r"\bdata element\b",
            r"\belement (?:id|code|no|number|ref)\b",
            r"\b(?:data )?item (?:id|code|no|number|ref)\b",
            r"^dd (?:ref|code)$",
            r"^data dictionary (?:ref|code)\w*$",
        ),
    ),
    (
        Role.CODE_TYPE,
        1.0,
        (
            r"\bcode ?(?:type|list|set|table)\b",
            r"\bvalue set\b",
            r"\bcode system\b",
            r"\blook ?up(?: list| code)?$",
            r"\breference (?:data|list)\b",
            r"^domain$",
            r"^coded$",
        ),
    ),
    (
        Role.DELETED,
        1.0,
        (r"\b(?:delete|deleted|deletion|obsolete|withdrawn|retired|deprecated|inactive)\b",),
    ),
    (
        Role.RELEASED,
        1.0,
        (
            r"\breleased?\b",
            r"\bintroduced\b",
            r"^since$",
            r"\badded in\b",
            r"\bversion\b",
            r"\beffective\b",
        ),
    ),
    (
        Role.NULLABLE,
        1.0,
        (
            r"\bnullable\b",
            r"\bnulls?(?: allowed| ok| permitted)?$",
            r"\ballows? nulls?\b",
            r"^(?:is )?optional$",
        ),
    ),
    (
        Role.MANDATORY,
        1.0,
        (
            (
                r"\b(?:mandatory|required|compulsory|obligatory|optionality|mand|reqd?|"
                r"not null|must have)\b"
            ),
            r"^m ?o$",
            r"^m o c$",
            r"^man$",
            r"^opt$",
        ),
    ),
    (
        Role.VALUES,
        1.0,
        (
            r"\b(?:allowed|valid|accepted|permitted|possible|domain|code) values?\b",
            r"^values?$",
            r"\benumerations?\b",
            r"\bpicklist\b",
        ),
    ),
    (
        Role.FORMAT,
        0.9,
        (
            r"\bformat\b",
            r"\bmask\b",
            r"\bpattern\b",
            r"\bpicture\b",
        ),
    ),
    (
        Role.TYPE,
        1.0,
        (
            r"\bdata ?type\b",
            r"^(?:\w+ )?type$",
            r"\bsql type\b",
            r"\bfield type\b",
            r"\bcolumn type\b",
            r"^typ$",
            r"^nature$",
        ),
    ),
    (
        Role.TYPE,
        0.5,
        (r"^format$",),
    ),
    (
        Role.SCALE,
        0.9,
        (
            r"\bscale\b",
            r"\bdecimals?\b",
            r"^dp$",
        ),
    ),
    (
        Role.LENGTH,
        1.0,
        (
            r"\blength\b",
            r"\bsize\b",
            r"^len$",
            r"\bwidth\b",
            r"\bprecision\b",
            r"\bmax(?:imum)? (?:chars?|characters|len|bytes)\b",
            r"^(?:chars?|characters|bytes)$",
        ),
    ),
    (
        Role.CONDITION,
        0.8,
        (
            r"\bconditions?\b",
            r"\bconditional\b",
        ),
    ),
    (
        Role.POSITION,
        0.9,
        (
            (
                r"^(?:position|pos|ordinal(?: position)?|ord|seq|sequence|order|step|no|"
                r"nr|number|num|line|#|(?:column|field|col|seq|sequence|item) (?:no|"
                r"number|id|position|seq|order)|load order)$"
            ),
        ),
    ),
    (
        Role.DESCRIPTION,
        1.0,
        (
            r"\bdescriptions?\b",
            r"^desc$",
            r"\bcomments?\b",
            r"\bremarks?\b",
            r"\bdefinition\b",
            r"\bmeaning\b",
            r"\bpurpose\b",
            r"\bexplanation\b",
        ),
    ),
    (
        Role.DESCRIPTION,
        0.8,
        (
            r"\bnotes?\b",
            r"\bguidance\b",
            r"\bdetails?\b",
            r"\busage\b",
            r"\bconventions?\b",
            r"\blabel\b",
            r"\brules?\b",
            r"\binformation\b",
            r"\bbusiness name\b",
            r"\blong name\b",
            r"\btitle\b",
        ),
    ),
    (
        Role.TABLE,
        1.0,
        (
            r"\btable(?: name| id)?$",
            r"^tab(?:le)?name$",
            r"^(?:load |target |source )?table\b",
        ),
    ),
    (
        Role.TABLE,
        0.8,
        (
            (
                r"^(?:entity|entity name|file|file name|view|segment|dataset|data set|"
                r"object|record|record type)$"
            ),
        ),
    ),
    (
        Role.FIELD,
        1.0,
        (
            r"\b(?:field|column|attribute|variable)(?: names?)?$",
            r"^col(?:umn|name)?$",
            r"^(?:col|fld) name$",
            r"^(?:field|column) (?:or|and) \w+$",
        ),
    ),
    (
        Role.FIELD,
        0.7,
        (
            r"^name$",
            r"^(?:data )?item(?: name)?$",
            r"^element(?: name)?$",
            r"^physical name$",
            r"^database name$",
            r"^property$",
        ),
    ),
)
"""Role, strength of its words (0..1), patterns; the order decides between equals."""

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
)
"""Data types, without length."""

YES_NO_WORDS = frozenset(
    {
        "0",
        "1",
        "c",
        "conditional",
        "f",
        "false",
        "m",
        "mandatory",
        "n",
        "no",
        "not null",
        "null",
        "o",
        "optional",
        "r",
        "required",
        "t",
        "true",
        "x",
        "y",
        "yes",
        "✓",
        "✔",
    }
)
"""What flag columns hold."""
