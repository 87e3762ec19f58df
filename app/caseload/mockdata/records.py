"""What is held about a patient beside their care: names, addresses, kin, warnings."""

from __future__ import annotations

import numpy as np

from caseload.mockdata import lists
from caseload.mockdata.frames import (
    DAY,
    EMPTY,
    Frame,
    Ints,
    children,
    format_numbers,
    joined,
    where,
)
from caseload.mockdata.maker import YEAR, Maker


def make_records(make: Maker) -> None:
    """Add aliases, addresses, contacts, registrations, allergies, alerts and identifiers."""
    _aliases(make)
    _addresses(make)
    _contacts(make)
    _registrations(make)
    _allergies(make)
    _alerts(make)
    _identifiers(make)


def of_patient(
    make: Maker, name: str, rate: float, keys: tuple[str, ...]
) -> tuple[Frame, Ints, Ints]:
    """A frame of things that patients have: frame, patient rows, sequence in the patient."""
    counts = make.counts(name, rate, make.patients)
    patient, sequence = children(counts)
    frame = make.add(name, len(patient), keys)
    frame.links["patient"] = patient
    return frame, patient, sequence


def span(make: Maker, frame: Frame, patient: Ints, *, last: float = 0.9) -> Ints:
    """The start of things that fall in each patient's own time; sets "start"."""
    own = make.frames["patient"]
    low = np.maximum(np.asarray(own.values("birth_date"))[patient], make.today - 5 * YEAR)
    begin = make.between(
        low, np.asarray(own.values("horizon"))[patient], frame.name, "start", last=last
    )
    return frame.moment("start", begin)


def finish(make: Maker, frame: Frame, patient: Ints, share: float, most: int) -> Ints:
    """An end for a share of rows, after the start and within the patient's time; sets "end"."""
    rng = make.rng(frame.name, "end")
    begin = np.asarray(frame.values("start"))
    over = rng.random(frame.rows) < share
    end = begin + rng.integers(1, most, frame.rows) * DAY + rng.integers(0, 600, frame.rows)
    limit = np.asarray(make.frames["patient"].values("horizon"))[patient]
    return frame.moment("end", where(over & (end <= limit), end))


def _dates(make: Maker, frame: Frame, prefix: str, patient: Ints, share: float, most: int) -> Ints:
    begin = span(make, frame, patient)
    end = finish(make, frame, patient, share, most)
    frame.moment(f"{prefix}start_date", begin)
    frame.moment(f"{prefix}end_date", end)
    frame.moment("start_date", begin)
    frame.moment("end_date", end)
    make.entered(frame, begin)
    return end


def _aliases(make: Maker) -> None:
    frame, patient, sequence = of_patient(
        make, "patient_alias", 0.35, ("patient_number", "alias_sequence")
    )
    frame.integer("alias_sequence", sequence)
    make.cover(frame, "alias_type", "alias_type")
    surnames = make.choose(lists.column("surnames", "surname"), frame.rows, "alias", "surname")
    fore = np.asarray(make.frames["patient"].values("first_forename"))[patient]
    for fact, values in (
        ("alias_surname", surnames),
        ("surname", surnames),
        ("alias_forename", fore),
        ("first_forename", fore),
    ):
        frame.text(fact, values)
    frame.code("title", "title", np.asarray(make.frames["patient"].values("title"))[patient])
    _dates(make, frame, "alias_", patient, 0.5, 700)


def _addresses(make: Maker) -> None:
    own = make.frames["patient"]
    extra = make.counts("patient_address", 0.4, make.patients)
    patient, sequence = children(extra + 1)
    frame = make.add("patient_address", len(patient), ("patient_number", "address_sequence"))
    frame.links["patient"] = patient
    frame.integer("address_sequence", sequence)
    make.premises(frame)
    current = sequence == 1
    for fact in (
        "address_line_1",
        "address_line_2",
        "address_line_3",
        "postcode",
        "town",
        "county",
    ):
        old = frame.facts[fact]
        now = own.facts[fact].take(patient)
        frame.facts[fact] = type(old)(
            old.kind, np.where(current, now.values, old.values), old.domain
        )
    begin = np.asarray(own.values("address_start_date"))[patient]
    birth = np.asarray(own.values("birth_date"))[patient]
    earlier = make.between(birth, begin, "patient_address", "earlier", first=0.4)
    starts = np.where(current, begin, earlier)
    ends = where(~current, np.maximum(starts, begin - DAY))
    for name, values in (("start", starts), ("address_start_date", starts), ("start_date", starts)):
        frame.moment(name, values)
    for name, values in (("end", ends), ("address_end_date", ends), ("end_date", ends)):
        frame.moment(name, values)
    make.cover(frame, "address_type", "address_type")
    kinds = make.codes.named("address_type")
    home = kinds.one("permanent", "home", "usual")
    frame.code(
        "address_type", "address_type", np.where(current, home, frame.values("address_type"))
    )
    make.entered(frame, starts)


def _contacts(make: Maker) -> None:
    frame, patient, sequence = of_patient(
        make, "patient_contact", 1.1, ("patient_number", "contact_sequence")
    )
    for fact in ("contact_sequence", "contact_priority"):
        frame.integer(fact, sequence)
    make.cover(frame, "contact_type", "contact_type")
    female = make.rng("contact", "sex").random(frame.rows) < 0.55
    make.people(frame, female)
    sexes, titles = make.codes.named("sex"), make.codes.named("title")
    frame.code("sex", "sex", np.where(female, sexes.one("female"), sexes.one("male", but="female")))
    title = np.where(female, titles.one("mrs"), titles.one("mister", "mr", but="mrs"))
    for fact in ("title", "nok_title"):
        frame.code(fact, "title", title)
    first = sequence == 1
    own = make.frames["patient"]
    surname = np.where(first, np.asarray(own.values("surname"))[patient], frame.values("surname"))
    fore = np.where(
        first, np.asarray(own.values("nok_forename"))[patient], frame.values("first_forename")
    )
    for fact, values in (
        ("surname", surname),
        ("nok_surname", surname),
        ("first_forename", fore),
        ("nok_forename", fore),
    ):
        frame.text(fact, values)
    for fact in ("nok_name", "contact_name", "name", "full_name", "carer_name"):
        frame.text(fact, joined(fore, b" ", surname))
    for fact in ("relationship", "nok_relationship"):
        make.cover(frame, fact, "relationship")
    make.premises(frame)
    for fact in (
        "address_line_1",
        "address_line_2",
        "address_line_3",
        "address_line_4",
        "postcode",
        "home_telephone",
        "work_telephone",
        "mobile_telephone",
    ):
        frame.facts["nok_" + fact] = frame.facts[fact]
    age = make.rng("contact", "birth").integers(20, 80, frame.rows)
    frame.moment("birth_date", make.today - age * YEAR)
    make.flags(frame, "parental_responsibility", "carer_indicator", "lives_with_patient", share=0.3)
    frame.flag("is_next_of_kin", first)
    _dates(make, frame, "contact_", patient, 0.1, 700)


def _registrations(make: Maker) -> None:
    own = make.frames["patient"]
    extra = make.counts("patient_gp", 0.3, make.patients)
    patient, sequence = children(extra + 1)
    frame = make.add("patient_gp", len(patient), ("patient_number", "gp_registration_sequence"))
    frame.links["patient"] = patient
    frame.integer("gp_registration_sequence", sequence)
    current = sequence == 1
    gps = make.frames["gp"]
    chosen = make.rng("patient_gp", "gp").integers(0, gps.rows, frame.rows)
    gp = np.where(current, own.links["gp"][patient], chosen)
    for fact in ("registered_gp", "gp_code", "previous_gp"):
        frame.refer(fact, "gp", gp)
    for fact in ("registered_practice", "practice_code"):
        frame.refer(fact, "practice", gps.links["practice"][gp])
    frame.links["gp"], frame.links["practice"] = gp, gps.links["practice"][gp]
    begin = np.asarray(own.values("gp_registration_date"))[patient]
    birth = np.asarray(own.values("birth_date"))[patient]
    earlier = make.between(birth, begin, "patient_gp", "earlier", first=0.4)
    starts = np.where(current, begin, earlier)
    ends = where(~current, np.maximum(starts, begin - DAY))
    for fact in ("start", "gp_registration_date", "start_date"):
        frame.moment(fact, starts)
    for fact in ("end", "gp_registration_end_date", "end_date"):
        frame.moment(fact, ends)
    make.cover(frame, "gp_end_reason", "gp_end_reason", ~current)
    make.entered(frame, starts)


def _allergies(make: Maker) -> None:
    frame, patient, sequence = of_patient(
        make, "allergy", 0.4, ("patient_number", "allergy_sequence")
    )
    frame.integer("allergy_sequence", sequence)
    make.cover(frame, "allergy_type", "allergy_type")
    make.cover(frame, "allergy_severity", "allergy_severity")
    for fact in ("allergen", "allergy_text", "description"):
        frame.text(fact, make.choose(lists.phrases("allergen"), frame.rows, "allergy", "allergen"))
    make.phrase(frame, "allergic_reaction", "reaction")
    make.flags(frame, "allergy_confirmed", share=0.7)
    end = _dates(make, frame, "allergy_", patient, 0.1, 400)
    frame.moment("allergy_onset_date", frame.values("start"))
    frame.moment("allergy_end_date", end)
    frame.facts["allergy_notes"] = frame.facts["notes"]


def _alerts(make: Maker) -> None:
    frame, patient, sequence = of_patient(make, "alert", 0.3, ("patient_number", "alert_sequence"))
    frame.integer("alert_sequence", sequence)
    make.cover(frame, "alert_type", "alert_type")
    make.phrase(frame, "alert_text", "alert")
    make.flags(frame, "alert_confidential", share=0.2)
    end = _dates(make, frame, "alert_", patient, 0.3, 400)
    review = np.where(end != EMPTY, end, make.today + 90 * DAY)
    frame.moment("alert_review_date", review)


def _identifiers(make: Maker) -> None:
    frame, patient, sequence = of_patient(
        make, "patient_identifier", 0.5, ("patient_number", "identifier_sequence")
    )
    frame.integer("identifier_sequence", sequence)
    make.cover(frame, "identifier_type", "identifier_type")
    numbers = make.rng("identifier", "value").integers(10_000, 999_999, frame.rows)
    frame.text("identifier_value", format_numbers("X%07d", numbers))
    frame.text("identifier_issuer", np.full(frame.rows, b"RQV00"))
    end = _dates(make, frame, "identifier_", patient, 0.2, 400)
    frame.flag("current_indicator", end == EMPTY)
