"""The patients: who they are, where they live, and whether they have died."""

from __future__ import annotations

import numpy as np

from caseload.mockdata import lists
from caseload.mockdata.frames import (
    DAY,
    EMPTY,
    Frame,
    Ints,
    Mask,
    format_numbers,
    joined,
    where,
)
from caseload.mockdata.maker import YEAR, Maker
from caseload.mockdata.numbers import nhs_numbers
from caseload.mockdata.records import make_records

INFANTS = 0.03


def make_people(make: Maker) -> None:
    """Add the patients, and what is held about each of them."""
    _patients(make)
    make_records(make)


def infants(patients: int) -> int:
    """How many of the last patients are babies born at the hospital in the last two years."""
    return 0 if patients < 4 else max(1 if patients < 12 else 3, round(INFANTS * patients))


def _births(make: Maker) -> Ints:
    count = make.patients
    rng = make.rng("patient", "birth")
    ages = rng.choice(
        np.array([9, 25, 38, 52, 68, 82]), count, p=np.array([0.12, 0.16, 0.18, 0.2, 0.2, 0.14])
    )
    days = ages * 365 + rng.integers(-2200, 2200, count)
    minutes = rng.integers(0, DAY, count)
    days[:1] = 31 * 365 + 40
    if count > 2:
        days[2] = 84 * 365 + 100
    few = infants(count)
    if few:
        days[count - few :] = rng.integers(30, 700, few)
    return make.today - days * DAY + minutes


def _patients(make: Maker) -> None:
    count = make.patients
    frame = make.add("patient", count, ("patient_number",))
    rng = make.rng("patient", "sex")
    female = rng.random(count) < 0.51
    female[:1] = True
    make.people(frame, female)
    sexes = make.codes.named("sex")
    sex = np.where(female, sexes.one("female"), sexes.one("male", but="female"))
    odd = [
        m
        for m in range(len(sexes.targets))
        if m not in (sexes.one("female"), sexes.one("male", but="female"))
    ]
    rare = np.arange(count) % 37 == 7
    if odd:
        sex[rare] = np.array(odd)[np.arange(int(rare.sum())) % len(odd)]
    for fact in ("sex", "sex_at_birth", "gender_identity"):
        frame.code(fact, "sex", sex)
    birth = _births(make)
    for fact in ("birth_date", "birth_time"):
        frame.moment(fact, birth)
    _death(make, frame, birth)
    _numbers(make, frame)
    _titles(make, frame, female, birth)
    make.premises(frame)
    _place(make, frame, birth)
    _circumstances(make, frame)
    of_gp = rng.integers(0, make.frames["gp"].rows, count)
    practice = make.frames["gp"].links["practice"][of_gp]
    for fact in ("registered_gp", "gp_code", "gp_at_admission"):
        frame.refer(fact, "gp", of_gp)
    for fact in ("registered_practice", "practice_code", "practice_at_admission"):
        frame.refer(fact, "practice", practice)
    frame.links["gp"], frame.links["practice"] = of_gp, practice
    frame.links["purchaser"] = make.pick(frame, "purchaser_code", "purchaser")
    frame.refer("commissioner_code", "purchaser", frame.links["purchaser"])
    frame.refer("commissioner_of_residence", "purchaser", frame.links["purchaser"])
    low = np.maximum(birth, make.today - 6 * YEAR)
    registered = make.between(low, low + 300 * DAY, "patient", "registered")
    registered = np.minimum(np.maximum(registered, birth), frame.values("horizon"))
    frame.moment("start", registered)
    frame.moment("end", np.full(count, EMPTY))
    make.entered(frame, registered)
    frame.links["site"] = make.pick(frame, "site_code", "site")
    make.phrase(frame, "alert_text", "alert", share=0.2)
    frame.flag("alert_indicator", frame.values("alert_text") != b"")


def _death(make: Maker, frame: Frame, birth: Ints) -> None:
    count = make.patients
    rng = make.rng("patient", "death")
    dead = (rng.random(count) < 0.12) & (birth < make.today - 60 * YEAR)
    if count > 2:
        dead[2] = True
    dead[:1] = False
    at = make.today - rng.integers(20, 500, count) * DAY + rng.integers(0, DAY, count)
    death = frame.moment("death_date", where(dead, at))
    for fact in ("death_time", "death_datetime"):
        frame.moment(fact, death)
    notified = np.minimum(at + rng.integers(1, 15, count) * DAY, make.today - 1)
    frame.moment("death_notified_date", where(dead, np.maximum(notified, at)))
    frame.flag("death_indicator", dead)
    make.cover(frame, "place_of_death", "death_place", dead)
    frame.flag("post_mortem", where(dead, rng.random(count) < 0.2))
    frame.flag("coroner_informed", where(dead, rng.random(count) < 0.2))
    codes = make.frames["diagnosis"].rows
    frame.refer("cause_of_death", "diagnosis", np.where(dead, rng.integers(0, codes, count), -1))
    frame.moment("horizon", np.where(dead, at, make.today - DAY))
    age = (np.where(dead, at, make.today) - birth) // YEAR
    frame.integer("age", np.maximum(age * 365 // 366, 0))


def _numbers(make: Maker, frame: Frame) -> None:
    count = make.patients
    rng = make.rng("patient", "numbers")
    number = 4_000_000 + np.cumsum(rng.integers(1, 7, count))
    frame.integer("patient_number", number)
    district = rng.permutation(max(count, 1) * 3)[:count] + 100_000
    frame.text("hospital_number", format_numbers("QV%07d", district))
    found = nhs_numbers(count, make.rng("patient", "nhs"))
    held = np.full(count, EMPTY, dtype=np.int64)
    held[: len(found)] = found
    held[np.arange(count) % 41 == 11] = EMPTY
    text = np.where(held != EMPTY, format_numbers("%010d", np.maximum(held, 0)), b"")
    frame.text("nhs_number", text)
    has = held != EMPTY
    states = make.codes.named("nhs_number_status")
    without = states.meanings("not present", "trace required", "postponed")
    others = [m for m in range(len(states.targets)) if m not in without]
    verified = states.meanings("verified", but="not") or others
    doubtful = np.arange(count) % 3 == 1
    for meanings, mask in ((without, ~has), (others, has & doubtful), (verified, has & ~doubtful)):
        make.among(frame, "nhs_number_status", "nhs_number_status", meanings, mask)
    traced = make.today - rng.integers(40, 900, count) * DAY
    traced = np.maximum(traced, np.asarray(frame.values("birth_date")))
    frame.moment("nhs_number_trace_date", where(has, np.minimum(traced, frame.values("horizon"))))
    frame.text("old_nhs_number", format_numbers("QVHN/%05d", rng.integers(0, 99_999, count)))
    make_number = {
        "social_security_number": "QQ%06dA",
        "medic_alert_number": "MA%06d",
        "prison_number": "A%04dXX",
    }
    for fact, pattern in make_number.items():
        text = format_numbers(pattern, rng.integers(0, 9999, count))
        frame.text(fact, np.where(rng.random(count) < 0.1, text, b""))


def _titles(make: Maker, frame: Frame, female: Mask, birth: Ints) -> None:
    titles = make.codes.named("title")
    child = birth > make.today - 16 * YEAR
    women = titles.meanings("mrs", "miss", "ms") or [0]
    men = [titles.one("mister", "mr", but="mrs")]
    title = np.where(female, np.array(women)[np.arange(make.patients) % len(women)], men[0])
    title = np.where(
        child, np.where(female, titles.one("miss"), titles.one("master", otherwise=1)), title
    )
    rest = [m for m in range(len(titles.targets)) if m not in women and m not in men]
    rare = ~child & (np.arange(make.patients) % 5 == 3)
    if rest:
        title[rare] = np.array(rest)[np.arange(int(rare.sum())) % len(rest)]
    frame.code("title", "title", title)
    surnames = lists.column("surnames", "surname")
    grown = ~child
    for fact, share in (
        ("previous_surname", 0.25),
        ("birth_surname", 0.4),
        ("mothers_birth_surname", 0.5),
    ):
        chosen = make.choose(surnames, make.patients, "patient", fact, share=share)
        frame.text(
            fact, chosen if fact.startswith("mothers") else np.where(grown & female, chosen, b"")
        )
    make.cover(frame, "marital_status", "marital_status")
    single = make.codes.named("marital_status").one("single")
    frame.code(
        "marital_status", "marital_status", np.where(child, single, frame.values("marital_status"))
    )


def _place(make: Maker, frame: Frame, birth: Ints) -> None:
    count = make.patients
    low = np.maximum(birth, make.today - 12 * YEAR)
    moved = make.between(low, np.asarray(frame.values("horizon")), "patient", "moved", last=0.3)
    frame.moment("address_start_date", moved)
    registered = make.between(low, np.asarray(frame.values("horizon")), "patient", "gp", last=0.4)
    frame.moment("gp_registration_date", registered)
    make.phrase(frame, "birth_place", "place")
    frame.text("country_of_birth", np.where(np.arange(count) % 9 == 4, b"POL", b"GBR"))
    frame.text("nationality", np.where(np.arange(count) % 9 == 4, b"POL", b"GBR"))
    away = np.arange(count) % 9 == 4
    entry = make.between(low, np.asarray(frame.values("horizon")), "patient", "entry", last=0.2)
    frame.moment("date_entered_country", where(away, entry))
    frame.flag("postcode_is_pseudo", np.zeros(count))
    frame.text("local_authority_code", np.full(count, b"E7QV"))
    frame.text("electoral_ward", format_numbers("E05%03d", np.arange(count) % 60))
    frame.text("health_authority_code", np.full(count, b"QV1"))


def _circumstances(make: Maker, frame: Frame) -> None:
    count = make.patients
    for fact, code_list in (
        ("ethnic_category", "ethnic_category"),
        ("religion", "religion"),
        ("preferred_language", "language"),
        ("preferred_contact_method", "preferred_contact"),
        ("overseas_visitor_status", "overseas_status"),
        ("communication_need", "communication_need"),
        ("smoking_status", "smoking_status"),
    ):
        make.cover(frame, fact, code_list)
    frame.moment("overseas_check_date", frame.values("address_start_date"))
    english = make.codes.named("language").one("english")
    speaks = np.asarray(frame.values("preferred_language"))
    frame.flag("interpreter_required", speaks != english)
    frame.code("interpreter_language", "language", where(speaks != english, speaks))
    make.flags(frame, "sms_consent", "email_consent", "consent_given", share=0.8)
    make.flags(frame, "birth_date_estimated", "organ_donor", "restricted_record", share=0.05)
    make.flags(frame, "disability_indicator", "military_service", share=0.08)
    for fact, topic in (
        ("occupation", "occupation"),
        ("employer", "employer"),
        ("school_name", "school"),
    ):
        make.phrase(frame, fact, topic, share=0.6)
    make.phrase(frame, "allergy_text", "allergen", share=0.25)
    rng = make.rng("patient", "blood")
    frame.text("blood_group", np.array([b"A", b"B", b"AB", b"O"])[rng.integers(0, 4, count)])
    frame.text("rhesus_factor", np.array([b"P", b"N"])[(rng.random(count) < 0.15).astype(int)])
    frame.flag("merged_indicator", np.zeros(count))
    nobody = np.full(count, -1)
    for fact in ("merged_to_patient", "merged_from_patient"):
        frame.refer(fact, "patient", nobody)
    frame.moment("merge_date", np.full(count, EMPTY))
    _kin(make, frame)


def _kin(make: Maker, frame: Frame) -> None:
    """The next of kin as held on the patient: a relative of the same name, mostly."""
    forenames = lists.column("forenames", "forename")
    surname = np.asarray(frame.values("surname"))
    fore = make.choose(forenames, frame.rows, frame.name, "kin")
    frame.text("nok_surname", surname)
    frame.text("nok_forename", fore)
    for fact in (
        "nok_name",
        "contact_name",
        "emergency_contact_name",
        "carer_name",
        "next_of_kin_text",
    ):
        frame.text(fact, joined(fore, b" ", surname))
    make.cover(frame, "nok_relationship", "relationship")
    make.premises(frame, "nok_")
    for fact in ("emergency_contact_telephone", "carer_telephone"):
        frame.text(fact, frame.values("nok_home_telephone"))
