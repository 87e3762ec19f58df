"""Emergency attendances and what was coded in them."""

from __future__ import annotations

import numpy as np

from caseload.mockdata.frames import children, format_numbers, where
from caseload.mockdata.maker import Maker
from caseload.mockdata.outpatients import code_rows
from caseload.mockdata.pathways import care_of, horizon
from caseload.mockdata.records import of_patient, span


def make_emergencies(make: Maker) -> None:
    """Add ae_attendance and ae_coding."""
    _attendances(make)
    _emergency_codes(make)


def _attendances(make: Maker) -> None:
    frame, patient, _ = of_patient(make, "ae_attendance", 0.6, ("ae_attendance_number",))
    count = frame.rows
    arrived = span(make, frame, patient, last=0.95)
    limit = horizon(make, patient)
    frame.text("ae_attendance_number", format_numbers("AE%08d", 24_000_100 + np.arange(count) * 3))
    frame.integer("episode_number", 6_000_000 + np.arange(count))
    rng = make.rng("ae_attendance", "minutes")
    triage = arrived + rng.integers(2, 20, count)
    seen = triage + rng.integers(5, 120, count)
    done = seen + rng.integers(10, 90, count)
    left = done + rng.integers(5, 60, count)
    for facts, at in (
        (
            (
                "ae_arrival_date",
                "ae_arrival_time",
                "arrival_date",
                "arrival_time",
                "arrival_datetime",
            ),
            arrived,
        ),
        (("triage_date", "triage_time", "ae_initial_assessment_time"), triage),
        (("ae_seen_time", "seen_time"), seen),
        (("ae_conclusion_time",), done),
        (
            ("ae_departure_time", "ae_departure_date", "departure_time", "end", "discharge_date"),
            left,
        ),
    ):
        for fact in facts:
            frame.moment(fact, np.minimum(at, np.maximum(limit, arrived)))
    frame.moment("ae_incident_date", np.maximum(arrived - 50, frame.values("start") - 50))
    frame.integer("duration_minutes", left - arrived)
    frame.integer("minutes_waited", seen - arrived)
    for fact, code_list in (
        ("ae_arrival_mode", "ae_arrival_mode"),
        ("ae_attendance_category", "ae_attendance_category"),
        ("ae_referral_source", "ae_referral_source"),
        ("ae_incident_location", "ae_incident_location"),
        ("ae_patient_group", "ae_patient_group"),
        ("triage_category", "triage_category"),
        ("ae_disposal", "ae_disposal"),
        ("ae_treatment", "ae_treatment"),
        ("ae_investigation", "ae_investigation"),
        ("ae_department_type", "ae_department_type"),
    ):
        make.cover(frame, fact, code_list)
    if make.codes.get("ae_referral_source") is not None:
        frame.facts["referral_source"] = frame.facts["ae_referral_source"]
    modes = make.codes.named("ae_arrival_mode").meanings("ambulance", but="other")
    carried = np.isin(np.asarray(frame.values("ae_arrival_mode")), modes)
    number = format_numbers("AMB%07d", 1_000_000 + np.arange(count) * 13)
    frame.text("ambulance_incident_number", np.where(carried, number, b""))
    frame.text("ambulance_crew", np.where(carried, b"QV12", b""))
    disposals = make.codes.named("ae_disposal").meanings("admitted", "admission", but="not")
    stay = np.isin(np.asarray(frame.values("ae_disposal")), disposals or [0])
    frame.flag("admitted", stay)
    for fact in ("decision_to_admit_date", "order_date"):
        frame.moment(fact, where(stay, np.minimum(done, np.maximum(limit, arrived))))
    consultant = rng.integers(0, make.frames["consultant"].rows, count)
    care_of(make, frame, consultant)
    for fact in ("seen_by", "triaged_by", "clinician"):
        make.pick(frame, fact, "staff")
    for fact in ("admission_ward", "ward_code"):
        ward = make.pick(frame, fact, "ward")
        frame.refer(fact, "ward", np.where(stay, ward, -1))
    make.phrase(frame, "presenting_complaint", "complaint")
    diagnosis = make.pick(frame, "ae_diagnosis", "diagnosis")
    frame.refer("primary_diagnosis", "diagnosis", diagnosis)
    make.flags(frame, "police_informed", "safeguarding_concern", share=0.1)
    make.entered(frame, arrived)


def _emergency_codes(make: Maker) -> None:
    visit = make.frames["ae_attendance"]
    of, sequence = children(1 + make.counts("ae_coding", 1.2, visit.rows))
    frame = make.add("ae_coding", len(of), ("ae_attendance_number", "coding_sequence"))
    frame.links.update({name: rows[of] for name, rows in visit.links.items()}, ae_attendance=of)
    frame.facts["ae_attendance_number"] = visit.facts["ae_attendance_number"].take(of)
    frame.integer("coding_sequence", sequence)
    kind = (sequence - 1) % 3
    code_rows(
        make, frame, np.zeros(frame.rows, dtype=bool), np.asarray(visit.values("arrival_date"))[of]
    )
    frame.text("code_kind", np.array([b"D", b"I", b"T"])[kind])
    found = np.asarray(frame.values("clinical_code"))
    for fact in ("clinical_code", "clinical_code_text", "diagnosis_text"):
        frame.text(fact, np.where(kind == 0, np.asarray(frame.values(fact)), b""))
    frame.text("code", found)
    chosen = make.pick(frame, "ae_diagnosis", "diagnosis")
    frame.refer("ae_diagnosis", "diagnosis", np.where(kind == 0, chosen, -1))
    make.cover(frame, "ae_investigation", "ae_investigation", kind == 1)
    make.cover(frame, "ae_treatment", "ae_treatment", kind == 2)
    make.phrase(frame, "body_part", "reason")
    make.pick(frame, "coded_by", "staff")
