"""Stays in hospital, down to consultants, wards, leave, codes and theatre."""

from __future__ import annotations

import numpy as np

from caseload.mockdata import lists
from caseload.mockdata.frames import DAY, EMPTY, Frame, Ints, children, format_numbers, where
from caseload.mockdata.maker import YEAR, Maker
from caseload.mockdata.outpatients import code_rows
from caseload.mockdata.pathways import care_of, horizon


def make_stays(make: Maker) -> None:
    """Add admission, episode, ward_stay, leave, coding and theatre_case."""
    _admissions(make)
    _parts(make, "episode", "fce_sequence", ("patient_number", "episode_number", "fce_sequence"))
    _episodes(make)
    _parts(
        make,
        "ward_stay",
        "ward_stay_sequence",
        ("patient_number", "episode_number", "ward_stay_sequence"),
    )
    _ward_stays(make)
    _leave(make)
    _codes(make)
    _theatre(make)


def _admissions(make: Maker) -> None:
    entries, visits = make.frames["waiting_list"], make.frames["ae_attendance"]
    rng = make.rng("admission", "which")
    planned = np.flatnonzero(np.asarray(entries.values("admitted")) == 1)
    urgent = np.flatnonzero(np.asarray(visits.values("admitted")) == 1)
    direct = max(1, int(make.counts("direct admission", 0.3, make.patients).sum()))
    others = np.sort(rng.integers(0, make.patients, direct))
    count = len(planned) + len(urgent) + direct
    frame = make.add("admission", count, ("patient_number", "episode_number"))
    none = np.full(count, -1, dtype=np.int64)
    of_list, of_visit = none.copy(), none.copy()
    of_list[: len(planned)] = planned
    of_visit[len(planned) : len(planned) + len(urgent)] = urgent
    patient = np.concatenate(
        [entries.links["patient"][planned], visits.links["patient"][urgent], others]
    )
    frame.links.update(patient=patient, waiting_list=of_list, ae_attendance=of_visit)
    for name in ("referral", "rtt_pathway"):
        frame.links[name] = np.where(of_list >= 0, entries.links[name][np.maximum(of_list, 0)], -1)
    limit = horizon(make, patient)
    low = np.maximum(
        np.asarray(make.frames["patient"].values("birth_date"))[patient], make.today - 4 * YEAR
    )
    begin = make.between(low, limit, "admission", "start", last=0.9)
    begin[: len(planned)] = np.asarray(entries.values("removal_date"))[planned]
    begin[len(planned) : len(planned) + len(urgent)] = np.asarray(
        visits.values("ae_departure_date")
    )[urgent]
    begin = np.minimum(begin, limit)
    frame.integer("episode_number", 1_000_000 + np.arange(count))
    frame.integer("spell_id", 9_000_000 + np.arange(count))
    for fact in ("admission_date", "admission_time", "admission_datetime", "start"):
        frame.moment(fact, begin)
    _discharge(make, frame, begin, limit, patient)
    _in_charge(make, frame, of_list, patient)
    _methods(make, frame)
    linked = of_list >= 0
    for fact in (
        "decision_to_admit_date",
        "tci_date",
        "expected_length_of_stay",
        "weeks_on_list",
        "intended_procedure",
        "intended_procedure_text",
        "provisional_diagnosis",
        "waiting_list_entry_number",
    ):
        frame.facts[fact] = entries.facts[fact].take(of_list)
    frame.facts["ae_attendance_number"] = visits.facts["ae_attendance_number"].take(of_visit)
    for fact in ("rtt_status",):
        frame.facts[fact] = make.frames["rtt_pathway"].facts[fact].take(frame.links["rtt_pathway"])
    frame.moment("expected_discharge_date", begin + rng.integers(1, 6, count) * DAY)
    make.phrase(frame, "admission_reason", "reason")
    make.phrase(frame, "discharge_comments", "note", share=0.5)
    make.flags(frame, "emergency_readmission", "drugs_to_take_out", share=0.2)
    frame.flag("casenotes_available", np.ones(count))
    frame.flag("admitted", linked)
    make.entered(frame, begin)


def _discharge(make: Maker, frame: Frame, begin: Ints, limit: Ints, patient: Ints) -> None:
    rng = make.rng("admission", "discharge")
    stay = (rng.exponential(3.0, frame.rows) * DAY).astype(np.int64) + 200
    dead = np.asarray(make.frames["patient"].values("death_date"))[patient] != EMPTY
    end = begin + stay
    died = dead & (end >= limit)
    gone = (end < limit) | died
    end = where(gone, np.minimum(end, limit))
    frame.moment("end", end)
    for fact in ("discharge_date", "discharge_time", "discharge_datetime"):
        frame.moment(fact, end)
    frame.moment("discharge_letter_date", where(gone, np.minimum(end + DAY, make.today - 1)))
    ready = np.where(gone, np.maximum(begin, end - 200), EMPTY)
    frame.moment("ready_for_discharge_date", ready)
    methods = make.codes.named("discharge_method")
    deaths = methods.meanings("died", "death", "still")
    alive = [m for m in range(len(methods.targets)) if m not in deaths]
    make.among(frame, "discharge_method", "discharge_method", deaths[:1], died)
    make.among(frame, "discharge_method", "discharge_method", alive, gone & ~died)
    places = make.codes.named("discharge_destination")
    graves = places.meanings("died", "death", "not applicable")
    rest = [m for m in range(len(places.targets)) if m not in graves]
    make.among(frame, "discharge_destination", "discharge_destination", graves[:1], died)
    make.among(frame, "discharge_destination", "discharge_destination", rest, gone & ~died)
    until = np.where(gone, end, limit)
    frame.integer("length_of_stay", (until - begin) // DAY)
    frame.moment("until", until)
    delayed = gone & (rng.random(frame.rows) < 0.3)
    make.cover(frame, "delay_reason", "delay_reason", delayed)
    frame.moment("delay_start_date", where(delayed, ready))
    frame.moment("delay_end_date", where(delayed, end))


def _in_charge(make: Maker, frame: Frame, of_list: Ints, patient: Ints) -> None:
    entries = make.frames["waiting_list"]
    other = make.rng("admission", "consultant").integers(
        0, make.frames["consultant"].rows, frame.rows
    )
    care_of(
        make,
        frame,
        np.where(of_list >= 0, entries.links["consultant"][np.maximum(of_list, 0)], other),
    )
    gone = np.asarray(frame.values("discharge_date")) != EMPTY
    consultant, specialty = frame.links["consultant"], frame.links["specialty"]
    for fact in ("admitting_consultant", "episode_consultant"):
        frame.refer(fact, "consultant", consultant)
    frame.refer("discharging_consultant", "consultant", np.where(gone, consultant, -1))
    frame.refer("admitting_specialty", "specialty", specialty)
    frame.refer("discharge_specialty", "specialty", np.where(gone, specialty, -1))
    ward = make.pick(frame, "admission_ward", "ward")
    frame.refer("ward_code", "ward", ward)
    frame.links["ward"] = ward
    frame.links["location"] = make.frames["ward"].links["location"][ward]
    frame.refer("discharge_ward", "ward", np.where(gone, ward, -1))
    frame.links["site"] = frame.refer("site_code", "site", make.frames["ward"].links["site"][ward])
    frame.text("bed", format_numbers("B%02d", 1 + np.arange(frame.rows) % 28))
    own = make.frames["patient"]
    frame.facts["postcode_at_admission"] = own.facts["postcode"].take(patient)


def _methods(make: Maker, frame: Frame) -> None:
    elective = frame.links["waiting_list"] >= 0
    urgent = frame.links["ae_attendance"] >= 0
    methods = make.codes.named("admission_method")
    every = list(range(len(methods.targets)))
    chosen = methods.meanings("elective", "waiting list", "booked", "planned")
    by_door = methods.meanings("emergency")
    make.among(frame, "admission_method", "admission_method", chosen, elective)
    make.among(frame, "admission_method", "admission_method", by_door, urgent)
    make.among(frame, "admission_method", "admission_method", every, ~elective & ~urgent)
    for fact, code_list in (
        ("admission_source", "admission_source"),
        ("patient_class", "patient_class"),
        ("intended_management", "intended_management"),
        ("administrative_category", "admin_category"),
        ("accommodation_type", "accommodation_type"),
        ("psychiatric_status", "psychiatric_status"),
        ("legal_status", "mh_legal_status"),
    ):
        make.cover(frame, fact, code_list)


def _parts(make: Maker, name: str, sequence_fact: str, keys: tuple[str, ...]) -> None:
    """Cut each admission into consecutive parts."""
    stay = make.frames["admission"]
    counts = 1 + (make.rng(name, "counts").random(stay.rows) < 0.3)
    of, sequence = children(counts)
    frame = make.add(name, len(of), keys)
    frame.links.update({k: rows[of] for k, rows in stay.links.items()}, admission=of)
    frame.integer(sequence_fact, sequence)
    begin, until = np.asarray(stay.values("start"))[of], np.asarray(stay.values("until"))[of]
    end = np.asarray(stay.values("end"))[of]
    parts = counts[of]
    start = begin + (until - begin) * (sequence - 1) // parts
    over = begin + (until - begin) * sequence // parts
    frame.moment("start", start)
    frame.moment("end", np.where(sequence == parts, end, over))
    frame.moment("until", over)
    frame.flag("last", sequence == parts)
    make.entered(frame, start)


def _episodes(make: Maker) -> None:
    frame, stay = make.frames["episode"], make.frames["admission"]
    of = frame.links["admission"]
    for fact in ("episode_start_date", "episode_start_time", "start_date"):
        frame.moment(fact, np.asarray(frame.values("start")))
    for fact in ("episode_end_date", "episode_end_time", "end_date"):
        frame.moment(fact, np.asarray(frame.values("end")))
    first = np.asarray(frame.values("fce_sequence")) == 1
    other = make.rng("episode", "consultant").integers(
        0, make.frames["consultant"].rows, frame.rows
    )
    care_of(make, frame, np.where(first, stay.links["consultant"][of], other))
    frame.refer("episode_consultant", "consultant", frame.links["consultant"])
    frame.links["site"] = frame.refer("site_code", "site", stay.links["site"][of])
    frame.refer("ward_code", "ward", stay.links["ward"][of])
    for fact, code_list in (
        ("episode_type", "episode_type"),
        ("operation_status", "operation_status"),
        ("neonatal_care_level", "care_intensity"),
    ):
        make.cover(frame, fact, code_list)
    make.cover(frame, "consultant_transfer_reason", "ward_stay_reason", ~first)
    frame.facts["last_episode_in_spell"] = frame.facts["last"]
    make.flags(frame, "shared_care", "first_regular_day_night", share=0.1)
    make.pick(frame, "primary_diagnosis", "diagnosis")
    make.pick(frame, "primary_procedure", "procedure")
    make.pick(frame, "hrg_code", "hrg")
    ended = np.asarray(frame.values("end")) != EMPTY
    frame.flag("coding_complete", ended)
    frame.integer(
        "length_of_stay",
        (np.asarray(frame.values("until")) - np.asarray(frame.values("start"))) // DAY,
    )


def _ward_stays(make: Maker) -> None:
    frame, stay = make.frames["ward_stay"], make.frames["admission"]
    of = frame.links["admission"]
    for fact in ("ward_stay_start", "start_date", "transfer_datetime", "start_time"):
        frame.moment(fact, np.asarray(frame.values("start")))
    for fact in ("ward_stay_end", "end_date", "end_time"):
        frame.moment(fact, np.asarray(frame.values("end")))
    first = np.asarray(frame.values("ward_stay_sequence")) == 1
    other = make.rng("ward_stay", "ward").integers(0, make.frames["ward"].rows, frame.rows)
    ward = np.where(first, stay.links["ward"][of], other)
    frame.refer("ward_code", "ward", ward)
    frame.links["ward"] = ward
    frame.links["location"] = make.frames["ward"].links["location"][ward]
    frame.links["site"] = frame.refer("site_code", "site", make.frames["ward"].links["site"][ward])
    care_of(make, frame, stay.links["consultant"][of])
    frame.links["site"] = frame.refer("site_code", "site", make.frames["ward"].links["site"][ward])
    begins = np.asarray(make.frames["episode"].values("start"))
    stays = make.frames["episode"].links["admission"]
    frame.links["episode"] = _episode_at(stays, begins, of, np.asarray(frame.values("start")))
    frame.facts["fce_sequence"] = (
        make.frames["episode"].facts["fce_sequence"].take(frame.links["episode"])
    )
    make.cover(frame, "ward_stay_reason", "ward_stay_reason")
    make.cover(frame, "care_intensity", "care_intensity")
    frame.text("bed", format_numbers("B%02d", 1 + np.arange(frame.rows) % 28))
    frame.text("bay", format_numbers("%d", 1 + np.arange(frame.rows) % 6))
    make.flags(frame, "single_room", "isolation", "outlier", "mixed_sex_breach", share=0.1)
    frame.integer("home_leave_days", np.zeros(frame.rows))


def _episode_at(stays: Ints, begins: Ints, of: Ints, at: Ints) -> Ints:
    """The last episode of the stay that had begun at the moment (rows sorted by stay, start)."""
    span_ = int(max(begins.max(initial=0), at.max(initial=0))) + 1
    found: Ints = np.searchsorted(stays * span_ + begins, of * span_ + at, side="right") - 1
    return found


def _leave(make: Maker) -> None:
    stay = make.frames["admission"]
    long = (np.asarray(stay.values("until")) - np.asarray(stay.values("start"))) > 2 * DAY
    counts = np.where(long, make.counts("leave", 0.3, stay.rows), 0)
    if counts.sum() == 0:
        counts[int(np.argmax(long))] = 1
    of, sequence = children(counts)
    frame = make.add("leave", len(of), ("patient_number", "episode_number", "leave_sequence"))
    frame.links.update({k: rows[of] for k, rows in stay.links.items()}, admission=of)
    frame.integer("leave_sequence", sequence)
    low, high = np.asarray(stay.values("start"))[of], np.asarray(stay.values("until"))[of]
    part = (high - low) // (counts[of] + 1)
    begin = low + part * (sequence - 1) + part // 4
    back = begin + part // 2
    for fact in ("leave_start", "start", "start_date"):
        frame.moment(fact, begin)
    for fact in ("leave_return", "leave_expected_return", "end", "end_date"):
        frame.moment(fact, back)
    make.cover(frame, "leave_type", "leave_type")
    make.flags(frame, "bed_held", share=0.6)
    frame.refer("leave_authorised_by", "consultant", frame.links["consultant"])
    frame.refer("ward_code", "ward", frame.links["ward"])
    frame.text(
        "leave_address", make.choose(lists.column("towns", "town"), frame.rows, "leave", "town")
    )
    frame.text("leave_telephone", format_numbers("01632 960%03d", np.arange(frame.rows) % 1000))
    make.entered(frame, begin)


def _codes(make: Maker) -> None:
    episode = make.frames["episode"]
    counts = 1 + make.counts("coding", 0.9, episode.rows)
    of, sequence = children(counts)
    frame = make.add(
        "coding", len(of), ("patient_number", "episode_number", "fce_sequence", "coding_sequence")
    )
    frame.links.update({k: rows[of] for k, rows in episode.links.items()}, episode=of)
    frame.facts["fce_sequence"] = episode.facts["fce_sequence"].take(of)
    frame.integer("coding_sequence", sequence)
    procedure = (sequence > 1) & (sequence % 2 == 0)
    if procedure.sum() == 0 and frame.rows > 1:
        procedure[-1] = True
    code_rows(make, frame, procedure, np.asarray(episode.values("start"))[of])
    make.flags(frame, "present_on_admission", share=0.6)
    make.cover(frame, "anaesthetic_type", "anaesthetic_type", procedure)


def _theatre(make: Maker) -> None:
    stay = make.frames["admission"]
    rng = make.rng("theatre_case", "which")
    elective = stay.links["waiting_list"] >= 0
    chosen = np.flatnonzero(elective | (rng.random(stay.rows) < 0.15))
    chosen = chosen if len(chosen) else np.array([0])
    count = len(chosen)
    frame = make.add("theatre_case", count, ("theatre_case_number",))
    frame.links.update({k: rows[chosen] for k, rows in stay.links.items()}, admission=chosen)
    frame.integer("theatre_case_number", 50_000 + np.arange(count))
    low, high = np.asarray(stay.values("start"))[chosen], np.asarray(stay.values("until"))[chosen]
    into = low + np.minimum((high - low) // 4, 300)
    step = np.minimum((high - into) // 8, 25)
    for place, facts in enumerate(
        (
            ("sent_for_time",),
            ("into_theatre_time", "operation_date", "start"),
            ("anaesthetic_start_time",),
            ("operation_start_time", "procedure_date"),
            ("operation_end_time",),
            ("out_of_theatre_time", "end"),
            ("into_recovery_time",),
            ("out_of_recovery_time",),
        )
    ):
        for fact in facts:
            frame.moment(fact, into + step * place)
    theatre = make.pick(frame, "theatre_code", "theatre")
    frame.links["theatre"] = theatre
    for fact in ("surgeon", "consultant_code"):
        frame.refer(fact, "consultant", frame.links["consultant"])
    make.pick(frame, "second_surgeon", "staff", share=0.4)
    make.pick(frame, "anaesthetist", "staff")
    frame.text("theatre_session_number", format_numbers("%06d", 1 + np.arange(count) // 4))
    frame.integer("case_order", 1 + np.arange(count) % 4)
    for fact, code_list in (
        ("theatre_urgency", "theatre_urgency"),
        ("asa_grade", "asa_grade"),
        ("anaesthetic_type", "anaesthetic_type"),
        ("theatre_outcome", "theatre_outcome"),
    ):
        make.cover(frame, fact, code_list)
    cancelled = rng.random(count) < 0.1
    cancelled[:1] = True
    frame.flag("cancelled_indicator", cancelled)
    make.cover(frame, "theatre_cancel_reason", "theatre_cancel_reason", cancelled)
    for fact in ("primary_procedure", "procedure_code", "intended_procedure"):
        make.pick(frame, fact, "procedure")
    make.entered(frame, into)
