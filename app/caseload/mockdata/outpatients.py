"""Outpatient appointments, what became of each, and what was coded."""

from __future__ import annotations

import numpy as np

from caseload.mockdata import lists
from caseload.mockdata.frames import DAY, EMPTY, Frame, Ints, Mask, children, where
from caseload.mockdata.maker import Maker
from caseload.mockdata.pathways import care_of, horizon


def make_outpatients(make: Maker) -> None:
    """Add op_appointment and op_coding."""
    _appointments(make)
    _outpatient_codes(make)


def _appointments(make: Maker) -> None:
    referral = make.frames["referral"]
    counts = 1 + make.counts("op_appointment", 0.8, referral.rows)
    of, sequence = children(counts)
    count = len(of)
    frame = make.add(
        "op_appointment", count, ("patient_number", "episode_number", "appointment_sequence")
    )
    patient = referral.links["patient"][of]
    frame.links.update(
        referral=of,
        patient=patient,
        rtt_pathway=referral.links["rtt_pathway"][of],
        clinic=referral.links["clinic"][of],
    )
    frame.integer("episode_number", 3_000_000 + of)
    frame.integer("appointment_sequence", sequence)
    frame.integer("appointment_id", 5_000_000 + np.arange(count))
    care_of(make, frame, referral.links["consultant"][of])
    clinics = make.frames["clinic"]
    frame.refer("clinic_code", "clinic", frame.links["clinic"])
    for fact in ("location_code", "clinic_location"):
        frame.facts[fact] = clinics.facts["location_code"].take(frame.links["clinic"])
    frame.links["location"] = clinics.links["location"][frame.links["clinic"]]
    frame.links["site"] = frame.refer(
        "site_code", "site", clinics.links["site"][frame.links["clinic"]]
    )
    dead = np.asarray(make.frames["patient"].values("death_date"))[patient] != EMPTY
    limit = np.where(dead, horizon(make, patient) - DAY, make.today + 45 * DAY)
    begin = np.asarray(referral.values("triage_date"))[of]
    share = (sequence - make.rng("op_appointment", "when").random(count) * 0.6) / (counts[of] + 0.0)
    day = (begin + ((np.maximum(limit - begin, 0)) * share).astype(np.int64)) // DAY
    minute = 9 * 60 + (np.arange(count) * 15) % 420
    at = np.minimum(day * DAY + minute, np.maximum(limit, begin))
    at = np.where(dead, np.minimum(at, horizon(make, patient)), at)
    for fact in (
        "appointment_datetime",
        "appointment_time",
        "clinic_session_date",
        "slot_time",
        "start",
    ):
        frame.moment(fact, at)
    frame.integer("session_number", 1 + np.arange(count) % 9)
    booked = np.minimum(at - DAY, np.maximum(begin, at - 40 * DAY))
    booked = np.minimum(
        np.maximum(booked, np.asarray(referral.values("start"))[of]), make.today - DAY
    )
    booked = np.minimum(booked, at)
    for fact in ("appointment_booked_date", "letter_sent_date", "earliest_reasonable_offer_date"):
        frame.moment(fact, booked)
    _attendance(make, frame, at, booked)
    for fact, code_list in (
        ("attendance_type", "attendance_type"),
        ("booking_type", "booking_type"),
        ("appointment_priority", "referral_priority"),
        ("administrative_category", "admin_category"),
        ("contact_medium", "contact_medium"),
    ):
        make.cover(frame, fact, code_list)
    frame.integer("appointment_duration", 10 + 5 * (np.arange(count) % 5))
    make.flags(
        frame, "sms_sent", "casenote_requested", "letter_printed", "patient_choice", share=0.7
    )
    make.flags(
        frame,
        "transport_required",
        "interpreter_booked",
        "group_session",
        "chaperone_required",
        share=0.1,
    )
    transport = np.asarray(frame.values("transport_required")) == 1
    make.cover(frame, "transport_type", "transport_type", transport)
    make.phrase(frame, "appointment_reason", "reason")
    for fact in ("rtt_status", "rtt_status_date"):
        frame.facts[fact] = referral.facts[fact].take(of)
    make.entered(frame, booked)


def _attendance(make: Maker, frame: Frame, at: Ints, booked: Ints) -> None:
    count = frame.rows
    codes = make.codes.named("attendance_status")
    past = at < make.today
    die = make.rng("op_appointment", "attended").random(count)
    die[:3] = (0.0, 0.8, 0.9)[: min(3, count)]
    attended, missed = past & (die < 0.75), past & (die >= 0.75) & (die < 0.85)
    cancelled = past & (die >= 0.85)
    make.among(
        frame,
        "attendance_status",
        "attendance_status",
        codes.meanings("attended", "seen", but="not"),
        attended,
    )
    make.among(
        frame,
        "attendance_status",
        "attendance_status",
        codes.meanings("did not", "dna", "late", but="was seen"),
        missed,
    )
    make.among(
        frame,
        "attendance_status",
        "attendance_status",
        codes.meanings("cancelled", "postponed"),
        cancelled,
    )
    make.among(
        frame,
        "attendance_status",
        "attendance_status",
        codes.meanings("booked", "not applicable", "future"),
        ~past,
    )
    rng = make.rng("op_appointment", "minutes")
    early, late = rng.integers(2, 20, count), rng.integers(0, 40, count)
    arrived = at - early
    for fact in ("arrival_time", "arrival_date", "arrival_datetime"):
        frame.moment(fact, where(attended, arrived))
    frame.moment("seen_time", where(attended, at + late))
    frame.moment("departure_time", where(attended, at + late + 15))
    frame.moment("end", where(attended, at + late + 15))
    frame.integer("minutes_waited", where(attended, early + late))
    make.cover(frame, "appointment_outcome", "appointment_outcome", attended)
    outcome = np.minimum(at + DAY, np.maximum(at, make.today - 1))
    frame.moment("appointment_outcome_date", where(attended, outcome))
    user = make.pick(frame, "appointment_outcome_user", "user")
    frame.refer("appointment_outcome_user", "user", np.where(attended, user, -1))
    frame.refer("seen_by", "staff", np.where(attended, make.pick(frame, "seen_by", "staff"), -1))
    frame.flag("outcome_form_received", attended)
    gone = where(cancelled, np.maximum(booked, at - rng.integers(1, 10, count) * DAY))
    for fact in ("cancelled_date", "cancelled_time"):
        frame.moment(fact, gone)
    frame.flag("cancelled_indicator", cancelled)
    make.cover(frame, "cancellation_reason", "op_cancel_reason", cancelled)
    make.cover(frame, "cancelled_by", "cancelled_by", cancelled)
    frame.refer("cancelled_user", "user", np.where(cancelled, user, -1))
    frame.integer("dna_count", missed)
    frame.moment("dna_date", where(missed, at))
    frame.flag("dna_letter_sent", missed)
    make.pick(frame, "appointment_booked_by", "user")
    frame.flag("coding_complete", attended)
    frame.moment("next_appointment_due_date", where(attended & (die < 0.4), at + 84 * DAY))
    frame.integer("next_appointment_weeks", where(attended & (die < 0.4), 12))
    frame.moment("gp_letter_date", where(attended, outcome))
    coded = np.minimum(at + 9 * DAY, np.maximum(at, make.today - 1))
    frame.moment("coded_date", where(attended, coded))
    for fact, domain in (("primary_diagnosis", "diagnosis"), ("primary_procedure", "procedure")):
        chosen = make.pick(frame, fact, domain)
        frame.refer(fact, domain, np.where(attended, chosen, -1))


def _outpatient_codes(make: Maker) -> None:
    visit = make.frames["op_appointment"]
    attended = np.asarray(visit.values("arrival_date")) != EMPTY
    counts = np.where(attended, make.counts("op_coding", 0.7, visit.rows), 0)
    if counts.sum() == 0:
        counts[int(np.argmax(attended))] = 1
    of, sequence = children(counts)
    frame = make.add(
        "op_coding",
        len(of),
        ("patient_number", "episode_number", "appointment_sequence", "coding_sequence"),
    )
    frame.links.update({name: rows[of] for name, rows in visit.links.items()}, op_appointment=of)
    frame.integer("coding_sequence", sequence)
    code_rows(make, frame, sequence % 2 == 0, np.asarray(visit.values("start"))[of])


def code_rows(make: Maker, frame: Frame, procedure: Mask, at: Ints) -> None:
    """Coded diagnoses and procedures: what a row of a coding table says."""
    count = frame.rows
    schemes = make.codes.named("coding_scheme")
    scheme = np.where(
        procedure, schemes.one("opcs", otherwise=1), schemes.one("icd-10", "icd10", "icd")
    )
    frame.code("coding_scheme", "coding_scheme", scheme)
    rng = make.rng(frame.name, "clinical")
    sick = rng.integers(0, make.frames["diagnosis"].rows, count)
    done = rng.integers(0, make.frames["procedure"].rows, count)
    diagnosis, operation = lists.column("diagnoses", "code"), lists.column("procedures", "code")
    words, deeds = lists.column("diagnoses", "text"), lists.column("procedures", "text")
    for fact in ("clinical_code", "code", "diagnosis_code", "procedure_code"):
        frame.text(fact, np.where(procedure, operation[done], diagnosis[sick]))
    for fact in ("clinical_code_text", "description"):
        frame.text(fact, np.where(procedure, deeds[done], words[sick]))
    frame.text("code_kind", np.where(procedure, b"P", b"D"))
    frame.refer("primary_diagnosis", "diagnosis", np.where(procedure, -1, sick))
    frame.refer("primary_procedure", "procedure", np.where(procedure, done, -1))
    frame.text("diagnosis_text", np.where(procedure, b"", words[sick]))
    frame.text("procedure_text", np.where(procedure, deeds[done], b""))
    make.cover(frame, "diagnosis_type", "diagnosis_type", ~procedure)
    frame.moment("start", at)
    frame.moment("end", np.full(count, EMPTY))
    frame.moment("procedure_date", where(procedure, at))
    frame.moment("diagnosis_date", at)
    performed = make.pick(frame, "procedure_performed_by", "staff")
    frame.refer("procedure_performed_by", "staff", np.where(procedure, performed, -1))
    make.pick(frame, "coded_by", "user")
    frame.moment("coded_date", np.minimum(at + 9 * DAY, np.maximum(at, make.today - 1)))
    frame.text("laterality", np.array([b"L", b"R", b"N"])[np.arange(count) % 3])
    make.entered(frame, at)
