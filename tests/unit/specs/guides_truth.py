"""What a made guide says, before any layout: tables and fields with everything comments carry."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from . import guides_phrases as say

WORDS = """
    PATIENT EPISODE WARD CONSULTANT REFERRAL ADMISSION DISCHARGE CLINIC APPOINTMENT WAITING
    PATHWAY STATUS REASON METHOD SOURCE LOCATION PRACTICE SPECIALTY ENTERED RECORDED COUNTRY
    BIRTH ADDRESS LINE POST CARER TEAM BED VISIT OUTCOME PRIORITY CATEGORY MARITAL ETHNIC GP
    NHS STAFF GRADE LEGAL SECTION REVIEW OFFER CANCELLED INTENDED ACTUAL PREVIOUS NEXT OF KIN
""".split()  # noqa: SIM905
TAILS = """
    CODE DATE NUMBER FLAG TYPE NAME TEXT DTTM REF IND ID2 LINE_1 LINE_2 BY IN
""".split()  # noqa: SIM905
TABLES = """
    STAFF USERS SITES LOCATIONS GP_PRACTICES PMI PMI_ALIASES PATHWAYS REFERRALS OP_APPOINTMENTS
    COMMUNITY_CONTACTS WAITING_LIST WL_SUSPENSIONS ADT_ADMISSIONS ADT_WARD_STAYS MH_EPISODES
    MH_DETENTIONS DOCUMENT_ARCHIVE CASENOTES AE_ATTENDANCES MATERNITY BIRTHS CLINIC_SLOTS
""".split()  # noqa: SIM905
THINGS = ("referral", "stay", "contact", "appointment", "address", "care plan")


@dataclass
class Fact:
    """One true field: what a reader must give, and the comment that says it."""

    name: str
    data_type: str
    length: str
    mandatory: bool = False
    said: list[str] = field(default_factory=list)
    fk: tuple[str, str] = ("", "")
    code: str = ""
    format: str = ""
    values: tuple[str, ...] = ()
    upper: bool = False
    unique: bool = False
    key: bool = False
    condition: str = ""

    @property
    def comment(self) -> str:
        """The comment as running text."""
        return " ".join(s if s[-1] in ".)" else f"{s}." for s in self.said)


@dataclass
class Load:
    """One true table; `about` are the lines of its box, `order` its stated place."""

    name: str
    about: list[str]
    order: int
    facts: list[Fact] = field(default_factory=list)


def guide_truth(
    draw: random.Random,
    *,
    tables: int = 4,
    fields: int = 14,
    style: str = "upper",
    unseen: bool = False,
    dense: bool = True,
    shaded: bool = False,
) -> list[Load]:
    """Tables of believable fields; `style` is how names are written, `unseen` picks wordings.

    Without `dense` comments say little, as where flags and references have their own columns;
    where mandatory rows are `shaded`, some do not say that they are.
    """
    names = draw.sample(TABLES, tables)
    made: list[Load] = []
    for order, name in enumerate(names, 1):
        thing = draw.choice(THINGS)
        about = [draw.choice(say.ABOUT), *draw.sample(say.LOADING, draw.choice((0, 1, 2)))]
        load = Load(f"LOAD_{name}", [text.format(thing=thing) for text in about], order)
        load.facts.append(_key(draw, style, unseen, dense=dense))
        while len(load.facts) < fields + draw.randint(-4, 6):
            one = _fact(draw, made, load, style, unseen, dense=dense, shaded=shaded)
            if all(one.name.casefold() != other.name.casefold() for other in load.facts):
                load.facts.append(one)
        made.append(load)
    return made


def styled(words: Sequence[str], style: str) -> str:
    """A name's words as this guide writes names."""
    match style:
        case "camel":
            return "".join(w if w.isdigit() else w.capitalize() for w in words)
        case "lower":
            return "_".join(words).lower()
        case "hyphen":
            return "-".join(words[:2]) + "".join(f"_{w}" for w in words[2:])
        case _:
            return "_".join(words)


def _key(draw: random.Random, style: str, unseen: bool, *, dense: bool) -> Fact:
    one = Fact(styled(("RECORD", "NUMBER"), style), "NUMBER", "10", mandatory=True, unique=True)
    said = draw.choice(say.kept(say.UNIQUE, unseen=unseen))
    one.key = "rimary" in said
    stated = [draw.choice(say.kept(say.MANDATORY, unseen=unseen))] if dense else []
    one.said = [*stated, said, "Unique number of the row"]
    return one


def _fact(
    draw: random.Random,
    made: list[Load],
    load: Load,
    style: str,
    unseen: bool,
    *,
    dense: bool,
    shaded: bool,
) -> Fact:
    words = [*draw.sample(WORDS, draw.choice((1, 1, 2, 2, 3, 4))), *draw.choice(TAILS).split("_")]
    one = Fact(styled(words, style), "VARCHAR2", str(draw.choice((1, 2, 8, 35, 255, 4000))))
    kinds = ("plain", "plain", "code", "code", "date", "date", "values", "fk", "fk", "number")

    def pick(bank: tuple[str, ...]) -> str:
        return draw.choice(say.kept(bank, unseen=unseen))

    match draw.choice(kinds):
        case "code":
            number, title = draw.randint(1, 320), " ".join(draw.sample(WORDS, 2)).title()
            one.code = str(number)
            one.said.append(pick(say.CODE).format(number=number, title=title))
        case "date":
            one.data_type, one.length, one.format = "DATE", "", pick(say.MASKS)
            one.said.append(pick(say.FORMAT).format(mask=one.format))
        case "values":
            one.values = draw.choice(say.VALUE_SETS)
            bank = say.VALUES_TWO if len(one.values) == 2 else say.VALUES_MORE
            one.said.append(pick(bank).format(**dict(zip("abc", one.values, strict=False))))
        case "fk" if made:
            other = draw.choice(made)
            target = draw.choice([f for f in other.facts[:3] if not f.fk[0]])
            one.data_type, one.length = target.data_type, target.length
            one.fk = (other.name, target.name)
            one.said.append(pick(say.FOREIGN).format(table=other.name, field=target.name))
        case "number":
            one.data_type, one.length = "NUMBER", draw.choice(("", "5", "10,2"))
    if one.data_type == "VARCHAR2" and not one.values and draw.random() < 0.3:
        one.upper = True
        one.said.append(pick(say.UPPER))
    _demand(draw, one, load, pick, dense=dense, shaded=shaded)
    noise = draw.choice(say.NOISE)
    if draw.random() < (0.6 if dense else 0.9):
        one.said.append(noise)
    return one


def _demand(
    draw: random.Random, one: Fact, load: Load, pick: say.Pick, *, dense: bool, shaded: bool
) -> None:
    fate = draw.random()
    if fate < 0.28:
        one.mandatory = True
        if dense and not (shaded and draw.random() < 0.2):
            one.said.insert(draw.choice((0, 0, len(one.said))), pick(say.MANDATORY))
    elif dense and fate < 0.36:
        one.said.insert(0, pick(say.OPTIONAL))
    elif dense and fate < 0.44:
        other = draw.choice(load.facts).name
        one.condition = pick(say.CONDITIONAL).format(other=other)
        one.said.insert(0, one.condition)
