"""Waiting lists: entries, intentions and suspensions."""

from __future__ import annotations

import numpy as np

from caseload.mockdata.frames import DAY, EMPTY, Frame, Ints, children, where
from caseload.mockdata.maker import Maker, spread
from caseload.mockdata.pathways import care_of, horizon


def make_waiting(make: Maker) -> None:
    """Add waiting_list and wl_suspension."""
    _waiting(make)
    _suspensions(make)


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
    admitted, died = reasons.one("admitted"), reasons.meanings("died")
    why = np.asarray(frame.values("removal_reason"))
    why = np.where(off & (np.arange(count) % 2 == 0), admitted, why)
    alive = np.asarray(make.frames["patient"].values("death_date"))[patient] == EMPTY
    why = np.where(off & alive & np.isin(why, died), reasons.one("no longer"), why)
    frame.code("removal_reason", "removal_reason", why)
    frame.flag(
        "admitted",
        where(off & (why == admitted), 1),
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
