"""Referrals and what follows from them: pathways, clock events, appointments, waiting lists."""

from __future__ import annotations

import numpy as np

from caseload.mockdata import lists
from caseload.mockdata.frames import DAY, EMPTY, Frame, Ints, Mask, children, format_numbers, where
from caseload.mockdata.maker import Maker, spread
from caseload.mockdata.people import of_patient, span


def make_pathways(make: Maker) -> None:
    """Add referrals, their pathways and clock events, appointments and waiting lists."""
    _referrals(make)
    _rtt(make)
    _events(make)
    _appointments(make)
    _outpatient_codes(make)
    _waiting(make)
    _suspensions(make)


def horizon(make: Maker, patient: Ints) -> Ints:
    """The last moment of each patient's time: death, or yesterday."""
    return np.asarray(make.frames["patient"].values("horizon"))[patient]


def care_of(make: Maker, frame: Frame, consultant: Ints) -> None:
    """The consultant in charge, with their specialty and site."""
    people = make.frames["consultant"]
    frame.links["consultant"] = consultant
    for fact in ("consultant_code", "referred_to_consultant", "responsible_clinician"):
        frame.refer(fact, "consultant", consultant)
    specialty = people.links["specialty"][consultant]
    frame.links["specialty"] = specialty
    for fact in ("specialty_code", "main_specialty", "referred_to_specialty"):
        frame.refer(fact, "specialty", specialty)
    held = make.frames["specialty"].facts.get("treatment_function")
    if held is not None:
        frame.facts["treatment_function"] = held.take(specialty)
    frame.links["site"] = people.links["site"][consultant]
    for fact in ("site_code", "referred_to_site"):
        frame.refer(fact, "site", frame.links["site"])


def _referrals(make: Maker) -> None:
    frame, patient, _ = of_patient(make, "referral", 1.5, ("referral_number",))
    count = frame.rows
    rows = np.arange(count, dtype=np.int64)
    limit = horizon(make, patient)
    frame.integer("referral_number", 700_100 + rows * 3)
    begin = span(make, frame, patient, last=0.7)
    frame.moment("referral_date", begin)
    rng = make.rng("referral", "dates")
    received = np.minimum(begin + rng.integers(0, 4, count) * DAY + 90, limit)
    for fact in ("referral_received_date", "referral_received_time", "acknowledgement_date"):
        frame.moment(fact, received)
    triaged = np.minimum(received + rng.integers(0, 6, count) * DAY, limit)
    for fact in ("triage_date", "triage_time"):
        frame.moment(fact, triaged)
    consultant = rng.integers(0, make.frames["consultant"].rows, count)
    care_of(make, frame, consultant)
    frame.links["clinic"] = frame.refer("referred_to_clinic", "clinic", consultant)
    for fact, code_list in (
        ("referral_source", "referral_source"),
        ("referral_type", "referral_type"),
        ("referral_priority", "referral_priority"),
        ("administrative_category", "admin_category"),
    ):
        make.cover(frame, fact, code_list)
    own = make.frames["patient"]
    for fact, link in (("referring_gp", "gp"), ("referring_practice", "practice")):
        frame.refer(fact, link, own.links[link][patient])
    frame.refer("referrer_code", "gp", own.links["gp"][patient])
    frame.text(
        "referrer_name", np.asarray(make.frames["gp"].values("name"))[own.links["gp"][patient]]
    )
    make.pick(frame, "referring_consultant", "consultant", share=0.2)
    make.pick(frame, "triaged_by", "staff")
    frame.text(
        "booking_reference_number", format_numbers("%012d", 2_600_0000_0000 // 10 + rows * 7)
    )
    shut = rng.random(count) < 0.45
    closed = triaged + rng.integers(20, 300, count) * DAY
    ended = where(shut & (closed <= limit), closed)
    for fact in ("referral_closed_date", "referral_outcome_date", "end", "end_date"):
        frame.moment(fact, ended)
    make.cover(frame, "referral_outcome", "referral_outcome", ended != EMPTY)
    make.flags(frame, "two_week_wait", "triage_required", "transport_required", share=0.2)
    frame.moment("consultant_upgrade_date", where(rng.random(count) < 0.05, triaged))
    make.phrase(frame, "referral_reason_text", "reason")
    diagnosis = make.pick(frame, "provisional_diagnosis", "diagnosis")
    text = np.asarray(make.frames["diagnosis"].values("name"))[diagnosis]
    frame.text("provisional_diagnosis_text", text)
    make.entered(frame, begin)


def _rtt(make: Maker) -> None:
    referral = make.frames["referral"]
    rng = make.rng("rtt_pathway", "which")
    chosen = spread(max(1, round(0.75 * referral.rows)), referral.rows, rng)
    count = len(chosen)
    frame = make.add("rtt_pathway", count, ("pathway_id",))
    patient = referral.links["patient"][chosen]
    frame.links.update(patient=patient, referral=chosen)
    back = np.full(referral.rows, -1, dtype=np.int64)
    back[chosen] = np.arange(count)
    referral.links["rtt_pathway"] = back
    frame.text("pathway_id", format_numbers("RQV00%010d", 4_000_000 + np.arange(count) * 11))
    frame.text("pathway_issuing_organisation", np.full(count, b"RQV00"))
    frame.refer("referral_number", "referral", chosen)
    frame.facts["booking_reference_number"] = referral.facts["booking_reference_number"].take(
        chosen
    )
    care_of(make, frame, referral.links["consultant"][chosen])
    begin = frame.moment(
        "rtt_clock_start_date", np.asarray(referral.values("referral_received_date"))[chosen]
    )
    frame.moment("start", begin)
    frame.moment("rtt_breach_date", begin + 126 * DAY)
    limit = horizon(make, patient)
    stop = begin + rng.integers(15, 260, count) * DAY
    stopped = (rng.random(count) < 0.6) & (stop <= limit)
    stop = where(stopped, stop)
    for fact in ("rtt_clock_stop_date", "end", "pathway_outcome_date"):
        frame.moment(fact, stop)
    codes = make.codes.named("rtt_status")
    make.among(frame, "rtt_status", "rtt_status", codes.with_targets("3"), stopped)
    make.among(frame, "rtt_status", "rtt_status", codes.with_targets("1", "2"), ~stopped)
    make.cover(frame, "pathway_outcome", "pathway_outcome", stopped)
    last = np.where(stopped, stop, limit)
    frame.moment("rtt_status_date", last)
    frame.integer("weeks_waited", (last - begin) // (7 * DAY))
    frame.integer("adjustment_days", np.zeros(count))
    frame.flag("not_rtt", np.zeros(count))
    frame.flag("rtt_applies", np.ones(count))
    make.pick(frame, "validated_by", "user")
    make.entered(frame, begin)
    frame.moment("validation_date", np.minimum(last, make.today - DAY))
    for fact in ("rtt_clock_start_date", "rtt_breach_date", "rtt_status", "rtt_status_date"):
        referral.facts[fact] = frame.facts[fact].take(back)
    referral.flag("rtt_applies", back >= 0)
    referral.flag("not_rtt", back < 0)


def _events(make: Maker) -> None:
    pathway = make.frames["rtt_pathway"]
    stopped = np.asarray(pathway.values("rtt_clock_stop_date")) != EMPTY
    extra = make.counts("rtt_event", 0.8, pathway.rows)
    of, sequence = children(1 + extra + stopped)
    frame = make.add("rtt_event", len(of), ("pathway_id", "rtt_event_sequence"))
    frame.links.update(
        rtt_pathway=of, patient=pathway.links["patient"][of], referral=pathway.links["referral"][of]
    )
    frame.integer("rtt_event_sequence", sequence)
    frame.refer("referral_number", "referral", frame.links["referral"])
    total = (1 + extra + stopped)[of]
    begin = np.asarray(pathway.values("start"))[of]
    last = np.asarray(pathway.values("rtt_status_date"))[of]
    at = begin + (last - begin) * (sequence - 1) // np.maximum(total - 1, 1)
    for fact in ("rtt_event_date", "rtt_event_time", "start", "rtt_status_date"):
        frame.moment(fact, at)
    frame.moment("end", np.full(frame.rows, EMPTY))
    kinds = make.codes.named("rtt_event_type")
    first, final = sequence == 1, (sequence == total) & stopped[of]
    make.cover(frame, "rtt_event_type", "rtt_event_type")
    event = np.where(first, kinds.one("start"), frame.values("rtt_event_type"))
    frame.code(
        "rtt_event_type", "rtt_event_type", np.where(final, kinds.one("stop", otherwise=1), event)
    )
    status = np.asarray(pathway.values("rtt_status"))[of]
    running = make.codes.named("rtt_status").with_targets("1", "2") or [0]
    round_ = np.array(running)[np.arange(frame.rows) % len(running)]
    frame.code("rtt_status", "rtt_status", np.where(sequence == total, status, round_))
    frame.text(
        "rtt_event_source",
        np.array([b"OPA", b"WL", b"ADM", b"MAN"])[(np.arange(frame.rows) + sequence) % 4],
    )
    frame.flag("event_cancelled", np.zeros(frame.rows))
    make.entered(frame, at)


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
        frame.facts[fact] = make.frames["rtt_pathway"].facts[fact].take(frame.links["rtt_pathway"])
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


def _waiting(make: Maker) -> None:
    referral = make.frames["referral"]
    chosen = spread(
        max(1, round(0.35 * referral.rows)), referral.rows, make.rng("waiting_list", "which")
    )
    count = len(chosen)
    frame = make.add("waiting_list", count, ("waiting_list_entry_number",))
    patient = referral.links["patient"][chosen]
    frame.links.update(
        patient=patient, referral=chosen, rtt_pathway=referral.links["rtt_pathway"][chosen]
    )
    frame.integer("waiting_list_entry_number", 200_000 + np.arange(count))
    frame.integer("episode_number", 8_000_000 + np.arange(count))
    care_of(make, frame, referral.links["consultant"][chosen])
    limit = horizon(make, patient)
    begin = np.asarray(referral.values("triage_date"))[chosen]
    listed = make.between(begin, limit, "waiting_list", "listed", last=0.5)
    for fact in (
        "waiting_list_date",
        "decision_to_admit_date",
        "original_waiting_list_date",
        "start",
    ):
        frame.moment(fact, listed)
    rng = make.rng("waiting_list", "dates")
    due = listed + rng.integers(15, 200, count) * DAY + 8 * 60
    off = (rng.random(count) < 0.6) & (due <= limit)
    off[0] = off[0] or bool(due[0] <= limit[0])
    later = np.where(
        due <= limit, due, np.maximum(make.today + rng.integers(5, 60, count) * DAY, listed)
    )
    for fact in ("tci_date", "tci_time", "planned_admission_date", "guaranteed_admission_date"):
        frame.moment(fact, later)
    frame.moment("offer_date", np.minimum(listed + 10 * DAY, limit))
    frame.moment("earliest_reasonable_offer_date", np.minimum(listed + 10 * DAY, limit))
    for fact in ("removal_date", "end", "end_date"):
        frame.moment(fact, where(off, due))
    reasons = make.codes.named("removal_reason")
    make.cover(frame, "removal_reason", "removal_reason", off)
    frame.flag(
        "admitted",
        where(off & (np.asarray(frame.values("removal_reason")) == reasons.one("admitted")), 1),
    )
    for fact, code_list in (
        ("waiting_list_type", "waiting_list_type"),
        ("waiting_list_priority", "wl_priority"),
        ("intended_management", "intended_management"),
        ("anaesthetic_type", "anaesthetic_type"),
        ("accommodation_type", "accommodation_type"),
        ("administrative_category", "admin_category"),
        ("asa_grade", "asa_grade"),
        ("offer_outcome", "tci_outcome"),
    ):
        make.cover(frame, fact, code_list)
    _intentions(make, frame, listed, limit)
    make.entered(frame, listed)


def _intentions(make: Maker, frame: Frame, listed: Ints, limit: Ints) -> None:
    count = frame.rows
    rng = make.rng("waiting_list", "intentions")
    procedure = make.pick(frame, "intended_procedure", "procedure")
    names = np.asarray(make.frames["procedure"].values("name"))
    frame.text("intended_procedure_text", names[procedure])
    make.pick(frame, "provisional_diagnosis", "diagnosis")
    for fact in ("ward_code", "intended_ward", "admission_ward"):
        make.pick(frame, fact, "ward")
    frame.refer("intended_site", "site", frame.links["site"])
    frame.integer("expected_length_of_stay", rng.integers(0, 8, count))
    frame.integer("theatre_time_minutes", 30 + 15 * rng.integers(0, 9, count))
    frame.integer("weeks_on_list", (limit - listed) // (7 * DAY))
    make.flags(frame, "short_notice", "transport_required", "suspended_indicator", share=0.2)
    frame.flag("preop_required", np.ones(count))
    frame.moment("preop_assessment_date", np.minimum(listed + 12 * DAY, limit))
    frame.moment("last_review_date", np.minimum(listed + 60 * DAY, limit))
    for fact in ("rtt_status", "rtt_clock_start_date"):
        frame.facts[fact] = make.frames["rtt_pathway"].facts[fact].take(frame.links["rtt_pathway"])
    frame.integer("suspension_days", np.zeros(count))


def _suspensions(make: Maker) -> None:
    entry = make.frames["waiting_list"]
    of, sequence = children(make.counts("wl_suspension", 0.25, entry.rows))
    frame = make.add("wl_suspension", len(of), ("waiting_list_entry_number", "suspension_sequence"))
    frame.links.update({name: rows[of] for name, rows in entry.links.items()}, waiting_list=of)
    frame.integer("suspension_sequence", sequence)
    low = np.asarray(entry.values("start"))[of]
    end = np.asarray(entry.values("end"))[of]
    high = np.where(end != EMPTY, end, horizon(make, frame.links["patient"]))
    begin = make.between(low, high, "wl_suspension", "start", last=0.5)
    over = make.between(begin, high, "wl_suspension", "end", first=0.1)
    for fact in ("suspension_start_date", "start", "start_date"):
        frame.moment(fact, begin)
    for fact in ("suspension_end_date", "end", "end_date"):
        frame.moment(fact, over)
    frame.integer("suspension_days", (over - begin) // DAY)
    make.cover(frame, "suspension_reason", "suspension_reason")
    make.entered(frame, begin)
