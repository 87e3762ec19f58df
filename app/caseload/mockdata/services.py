"""Maternity, community, mental health, and the casenotes that record it all on paper."""

from __future__ import annotations

import numpy as np

from caseload.mockdata.frames import DAY, EMPTY, Ints, children, format_numbers, joined, where
from caseload.mockdata.maker import YEAR, Maker
from caseload.mockdata.pathways import care_of, horizon
from caseload.mockdata.people import infants
from caseload.mockdata.records import of_patient, span


def make_services(make: Maker) -> None:
    """Add maternity, birth, community_*, mh_*, casenote and casenote_movement."""
    _maternity(make)
    _births(make)
    _community(make)
    _contacts(make)
    _mental_health(make)
    _legal(make)
    _casenotes(make)
    _movements(make)


def _mothers(make: Maker) -> Ints:
    """Women of an age to have been delivered in the last two years, alive; at least one."""
    own = make.frames["patient"]
    age = (make.today - np.asarray(own.values("birth_date"))) / YEAR
    sexes = make.codes.named("sex")
    fit = (age > 18) & (age < 42) & (np.asarray(own.values("sex")) == sexes.one("female"))
    fit &= np.asarray(own.values("death_date")) == EMPTY
    found = np.flatnonzero(fit)
    return found if len(found) else np.zeros(1, dtype=np.int64)


def _maternity(make: Maker) -> None:
    women = _mothers(make)
    babies = infants(make.patients)
    delivered = max(1, babies)
    total = delivered + max(1, delivered // 3)
    mother = women[np.arange(total) % len(women)]
    frame = make.add("maternity", total, ("patient_number", "pregnancy_number"))
    frame.links["patient"] = mother
    born = make.today - make.rng("maternity", "born").integers(40, 600, total) * DAY
    if babies:
        own = np.asarray(make.frames["patient"].values("birth_date"))
        born[:babies] = own[make.patients - babies :]
    expecting = np.arange(total) >= delivered
    due = np.where(expecting, make.today + 70 * DAY, born + 4 * DAY)
    period = due - 280 * DAY
    booked = period + 70 * DAY
    delivery = where(~expecting, born)
    frame.integer("pregnancy_number", 1 + np.arange(total) // len(women))
    for fact in ("booking_date", "start", "start_date"):
        frame.moment(fact, booked)
    frame.moment("last_menstrual_period", period)
    frame.moment("expected_delivery_date", due)
    for fact in ("delivery_date", "delivery_time", "end", "end_date"):
        frame.moment(fact, delivery)
    frame.moment("labour_onset_date", where(~expecting, born - 500))
    rng = make.rng("maternity", "numbers")
    frame.integer("gestation_weeks", where(~expecting, 37 + rng.integers(0, 5, total)))
    for fact, most in (("gravida", 4), ("parity", 3)):
        frame.integer(fact, 1 + rng.integers(0, most, total))
    frame.integer("number_of_babies", np.ones(total))
    for fact, code_list in (
        ("delivery_method", "delivery_method"),
        ("delivery_place", "delivery_place"),
        ("labour_onset_method", "onset_method"),
        ("anaesthetic_in_labour", "anaesthetic_type"),
    ):
        make.cover(frame, fact, code_list, ~expecting)
    for fact, code_list in (
        ("intended_delivery_place", "delivery_place"),
        ("feeding_method", "feeding_method"),
        ("smoking_status", "smoking_status"),
    ):
        make.cover(frame, fact, code_list)
    consultant = rng.integers(0, make.frames["consultant"].rows, total)
    care_of(make, frame, consultant)
    frame.refer("antenatal_consultant", "consultant", consultant)
    make.pick(frame, "midwife", "staff")
    make.entered(frame, booked)


def _births(make: Maker) -> None:
    pregnancy = make.frames["maternity"]
    of = np.flatnonzero(np.asarray(pregnancy.values("delivery_date")) != EMPTY)
    count = len(of)
    frame = make.add("birth", count, ("birth_number",))
    frame.links.update({k: rows[of] for k, rows in pregnancy.links.items()}, maternity=of)
    babies = infants(make.patients)
    baby = np.where(np.arange(count) < babies, make.patients - babies + np.arange(count), -1)
    frame.refer("baby_patient_number", "patient", baby)
    frame.refer("mother_patient_number", "patient", frame.links["patient"])
    frame.links["baby"] = baby
    frame.integer("birth_number", 30_000 + np.arange(count))
    frame.integer("birth_order", np.ones(count))
    frame.facts["pregnancy_number"] = pregnancy.facts["pregnancy_number"].take(of)
    born = np.asarray(pregnancy.values("delivery_date"))[of]
    for fact in ("birth_date", "birth_time", "delivery_date", "delivery_time", "start"):
        frame.moment(fact, born)
    frame.moment("end", np.full(count, EMPTY))
    sex = np.asarray(make.frames["patient"].values("sex"))[np.maximum(baby, 0)]
    for fact in ("baby_sex", "sex"):
        frame.code(fact, "sex", sex)
    own = make.frames["patient"]
    for fact in ("surname", "first_forename", "nhs_number"):
        frame.facts[fact] = own.facts[fact].take(baby)
    rng = make.rng("birth", "numbers")
    frame.integer("birth_weight", 2500 + rng.integers(0, 1800, count))
    frame.integer("head_circumference", 32 + rng.integers(0, 6, count))
    frame.facts["gestation_weeks"] = pregnancy.facts["gestation_weeks"].take(of)
    for fact in ("apgar_1", "apgar_5", "apgar_10"):
        frame.integer(fact, 7 + rng.integers(0, 4, count))
    make.cover(frame, "birth_status", "birth_status")
    living = make.codes.named("birth_status").one("live")
    frame.code(
        "birth_status", "birth_status", np.where(baby >= 0, living, frame.values("birth_status"))
    )
    frame.flag("stillbirth_indicator", np.asarray(frame.values("birth_status")) != living)
    for fact, code_list in (
        ("delivery_method", "delivery_method"),
        ("delivery_place", "delivery_place"),
        ("resuscitation_method", "resuscitation_method"),
        ("feeding_method", "feeding_method"),
        ("presentation_of_fetus", "presentation"),
        ("conducting_delivery_status", "staff_type"),
    ):
        make.cover(frame, fact, code_list)
    make.pick(frame, "midwife", "staff")
    make.entered(frame, born)


def _community(make: Maker) -> None:
    frame, patient, _ = of_patient(make, "community_referral", 0.3, ("community_referral_number",))
    count = frame.rows
    begin = span(make, frame, patient, last=0.7)
    frame.integer("community_referral_number", 600_000 + np.arange(count))
    frame.moment("referral_date", begin)
    frame.moment("referral_received_date", begin)
    frame.moment("start_date", begin)
    limit = horizon(make, patient)
    end = begin + make.rng("community_referral", "end").integers(20, 400, count) * DAY
    gone = where(end <= limit, end)
    for fact in (
        "community_discharge_date",
        "discharge_date",
        "end",
        "end_date",
        "referral_closed_date",
    ):
        frame.moment(fact, gone)
    for fact in ("community_discharge_reason", "discharge_reason"):
        make.cover(frame, fact, "community_discharge_reason", gone != EMPTY)
    for fact, code_list in (
        ("referral_source", "referral_source"),
        ("referral_priority", "referral_priority"),
        ("referral_type", "referral_type"),
    ):
        make.cover(frame, fact, code_list)
    frame.links["team"] = make.pick(frame, "team_code", "team")
    for fact in ("team_name", "team_type"):
        frame.facts[fact] = make.frames["team"].facts[fact].take(frame.links["team"])
    for fact in ("key_worker", "caseload_holder", "care_coordinator", "seen_by"):
        make.pick(frame, fact, "staff")
    make.phrase(frame, "referral_reason_text", "reason")
    own = make.frames["patient"]
    for fact, link in (("referring_gp", "gp"), ("referring_practice", "practice")):
        frame.refer(fact, link, own.links[link][patient])
    frame.text(
        "referrer_name", np.asarray(make.frames["gp"].values("name"))[own.links["gp"][patient]]
    )
    make.entered(frame, begin)


def _contacts(make: Maker) -> None:
    referral = make.frames["community_referral"]
    counts = 1 + make.counts("community_contact", 1.8, referral.rows)
    of, sequence = children(counts)
    frame = make.add("community_contact", len(of), ("community_contact_number",))
    frame.links.update({k: rows[of] for k, rows in referral.links.items()}, community_referral=of)
    frame.integer("community_contact_number", 900_000 + np.arange(frame.rows))
    frame.facts["community_referral_number"] = referral.facts["community_referral_number"].take(of)
    begin = np.asarray(referral.values("start"))[of]
    last = np.asarray(referral.values("end"))[of]
    last = np.where(last != EMPTY, last, horizon(make, frame.links["patient"]))
    at = begin + (last - begin) * sequence // (counts[of] + 1)
    for fact in ("contact_date", "contact_time", "start", "start_date", "start_time"):
        frame.moment(fact, at)
    long = 15 + 5 * (np.arange(frame.rows) % 8)
    for fact in ("end", "end_time"):
        frame.moment(fact, at + long)
    frame.integer("contact_duration", long)
    for fact, code_list in (
        ("contact_location", "contact_location"),
        ("contact_outcome", "contact_outcome"),
        ("contact_medium", "contact_medium"),
    ):
        make.cover(frame, fact, code_list)
    for fact in ("seen_by", "staff_code"):
        make.pick(frame, fact, "staff")
    frame.facts["staff_code"] = frame.facts["seen_by"]
    make.flags(frame, "group_session", share=0.1)
    make.entered(frame, at)


def _mental_health(make: Maker) -> None:
    frame, patient, _ = of_patient(make, "mh_episode", 0.12, ("mh_episode_number",))
    count = frame.rows
    begin = span(make, frame, patient, last=0.6)
    frame.integer("mh_episode_number", 40_000 + np.arange(count))
    limit = horizon(make, patient)
    end = begin + make.rng("mh_episode", "end").integers(60, 500, count) * DAY
    gone = where(end <= limit, end)
    frame.moment("start_date", begin)
    frame.moment("referral_date", begin)
    for fact in ("end", "end_date", "discharge_date"):
        frame.moment(fact, gone)
    make.cover(frame, "mh_end_reason", "mh_end_reason", gone != EMPTY)
    make.cover(frame, "mh_care_level", "mh_care_level")
    make.cover(frame, "referral_source", "referral_source")
    make.cover(frame, "psychiatric_status", "psychiatric_status")
    care_of(
        make,
        frame,
        make.rng("mh_episode", "consultant").integers(0, make.frames["consultant"].rows, count),
    )
    frame.links["team"] = make.pick(frame, "team_code", "team")
    for fact in ("care_coordinator", "key_worker"):
        make.pick(frame, fact, "staff")
    make.pick(frame, "ward_code", "ward", share=0.5)
    make.pick(frame, "primary_diagnosis", "diagnosis")
    frame.moment("cpa_review_date", np.minimum(begin + 40 * DAY, limit))
    frame.text("cluster_code", format_numbers("%02d", 1 + np.arange(count) % 17))
    make.entered(frame, begin)


def _legal(make: Maker) -> None:
    episode = make.frames["mh_episode"]
    of, sequence = children(make.counts("mh_legal", 0.9, episode.rows))
    frame = make.add("mh_legal", len(of), ("mh_episode_number", "legal_status_sequence"))
    frame.links.update({k: rows[of] for k, rows in episode.links.items()}, mh_episode=of)
    frame.facts["mh_episode_number"] = episode.facts["mh_episode_number"].take(of)
    frame.integer("legal_status_sequence", sequence)
    low, last = np.asarray(episode.values("start"))[of], np.asarray(episode.values("end"))[of]
    high = np.where(last != EMPTY, last, horizon(make, frame.links["patient"]))
    begin = make.between(low, high, "mh_legal", "start", last=0.5)
    end = make.between(begin, high, "mh_legal", "end", first=0.2)
    open_ = (last == EMPTY) & (make.rng("mh_legal", "open").random(frame.rows) < 0.3)
    for fact in ("legal_status_start_date", "start", "start_date"):
        frame.moment(fact, begin)
    for fact in ("legal_status_end_date", "end", "end_date"):
        frame.moment(fact, where(~open_, end))
    frame.moment("legal_status_expiry_date", begin + 180 * DAY)
    frame.moment("rights_explained_date", np.minimum(begin + DAY, high))
    frame.moment("tribunal_date", where(~open_, end))
    for fact in ("legal_status", "mha_section"):
        make.cover(frame, fact, "mh_legal_status")
    frame.facts["mha_section"] = frame.facts["legal_status"]
    make.cover(frame, "mh_end_reason", "mh_end_reason", ~open_)
    frame.refer("responsible_clinician", "consultant", frame.links["consultant"])
    make.pick(frame, "clinician", "staff")
    make.entered(frame, begin)


def _casenotes(make: Maker) -> None:
    own = make.frames["patient"]
    extra = make.rng("casenote", "counts").random(make.patients) < 0.25
    patient, sequence = children(1 + extra.astype(np.int64))
    frame = make.add("casenote", len(patient), ("casenote_number",))
    frame.links["patient"] = patient
    number = np.asarray(own.values("hospital_number"))[patient]
    frame.text("casenote_number", joined(number, format_numbers("-%d", sequence)))
    begin = np.minimum(np.asarray(own.values("start"))[patient], make.today - DAY)
    for fact in ("casenote_created_date", "start", "open_date", "start_date"):
        frame.moment(fact, begin)
    nothing = np.full(frame.rows, EMPTY)
    for fact in ("end", "close_date", "casenote_destroyed_date"):
        frame.moment(fact, nothing)
    make.cover(frame, "casenote_type", "casenote_type")
    make.cover(frame, "casenote_status", "casenote_status")
    for fact in ("casenote_location", "casenote_home_location"):
        make.pick(frame, fact, "casenote_place")
    frame.integer("casenote_volume", np.ones(frame.rows))
    frame.text("barcode", format_numbers("*%010d*", 7_000_000 + np.arange(frame.rows)))
    make.cover(frame, "casenote_location_type", "casenote_location_type")
    frame.links["site"] = own.links["site"][patient]
    frame.refer("site_code", "site", frame.links["site"])
    make.entered(frame, begin)
    back = np.zeros(make.patients, dtype=np.int64)
    back[patient[::-1]] = np.arange(frame.rows)[::-1]
    own.facts["casenote_number"] = frame.facts["casenote_number"].take(back)


def _movements(make: Maker) -> None:
    note = make.frames["casenote"]
    counts = make.counts("casenote_movement", 1.5, note.rows)
    of, sequence = children(counts)
    total = np.bincount(of, minlength=note.rows)[of]
    frame = make.add("casenote_movement", len(of), ("movement_sequence",))
    frame.links.update({k: rows[of] for k, rows in note.links.items()}, casenote=of)
    frame.integer("movement_sequence", 1_000 + np.arange(frame.rows))
    low, high = np.asarray(note.values("start"))[of], horizon(make, frame.links["patient"])
    at = low + np.maximum(high - low, 0) * sequence // (total + 1)
    for fact in ("movement_datetime", "start", "start_date"):
        frame.moment(fact, at)
    frame.moment("end", np.full(frame.rows, EMPTY))
    frame.moment("due_back_date", at + 14 * DAY)
    for fact in ("movement_from", "movement_to", "casenote_location"):
        make.pick(frame, fact, "casenote_place")
    make.pick(frame, "borrower", "staff")
    make.cover(frame, "movement_reason", "movement_reason")
    make.cover(frame, "casenote_location_type", "casenote_location_type")
    frame.facts["casenote_number"] = note.facts["casenote_number"].take(of)
    frame.integer("casenote_volume", np.ones(frame.rows))
    make.entered(frame, at)
