"""Referrals, the pathways they begin, and the events of their clocks."""

from __future__ import annotations

import numpy as np

from caseload.mockdata.frames import DAY, EMPTY, Frame, Ints, children, format_numbers, where
from caseload.mockdata.maker import Maker, spread
from caseload.mockdata.records import of_patient, span


def make_pathways(make: Maker) -> None:
    """Add referral, rtt_pathway and rtt_event."""
    _referrals(make)
    _rtt(make)
    _events(make)


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
    outside = codes.with_targets("9")
    make.among(referral, "rtt_status", "rtt_status", outside, back < 0)
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
