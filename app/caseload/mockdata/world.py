"""The places and people that care happens at and with: loaded before any patient."""

from __future__ import annotations

import numpy as np

from caseload.mockdata import lists
from caseload.mockdata.frames import DAY, EMPTY, Frame, Ints, format_numbers, joined, where
from caseload.mockdata.maker import YEAR, Maker


def make_world(make: Maker) -> None:
    """Add every frame that does not belong to a patient."""
    _postcodes(make)
    _sites(make)
    _specialties(make)
    _staff(make)
    _users(make)
    _locations(make)
    _practices(make)
    _clinics(make)
    _small_lists(make)


def _codes(frame: Frame, concepts: tuple[str, ...], codes: np.ndarray) -> None:
    frame.keys = concepts
    frame.text("code", codes)
    for concept in concepts:
        frame.refer(concept, frame.name, np.arange(frame.rows))


def _postcodes(make: Maker) -> None:
    towns = lists.rows("towns")
    frame = make.add("postcode", 12 * len(towns))
    letters = "ABDEFGHJLNPQRSTUWXYZ"
    codes, town, county = [], [], []
    for place, row in enumerate(towns):
        for step in range(12):
            inward = f"{(place + step) % 9 + 1}{letters[(place * 3 + step) % 20]}{letters[step]}"
            codes.append(f"{row['postcode_district']} {inward}".encode())
            town.append(row["town"].encode())
            county.append(row["county"].encode())
    _codes(frame, ("postcode", "nok_postcode", "postcode_at_admission"), np.array(codes))
    frame.text("town", np.array(town))
    frame.text("county", np.array(county))
    frame.text("name", np.array(town))


def _open(make: Maker, frame: Frame) -> None:
    rng = make.rng(frame.name, "open")
    opened = make.today - rng.integers(11 * 365, 40 * 365, frame.rows) * DAY
    for fact in ("open_date", "start_date", "start", "job_start_date"):
        frame.moment(fact, opened)
    nothing = np.full(frame.rows, EMPTY, dtype=np.int64)
    for fact in ("close_date", "end_date", "end", "job_end_date"):
        frame.moment(fact, nothing)
    frame.flag("active_indicator", np.ones(frame.rows))
    frame.flag("current_indicator", np.ones(frame.rows))
    frame.flag("inactive_indicator", np.zeros(frame.rows))
    frame.flag("deleted_indicator", np.zeros(frame.rows))


def _common(make: Maker, frame: Frame, names: np.ndarray | None = None) -> None:
    if names is not None:
        for fact in ("name", "description"):
            frame.text(fact, names)
        frame.text("short_name", names.astype("S10"))
    _open(make, frame)
    if "user" in make.frames:
        make.entered(frame, np.asarray(frame.values("start")))


def _sites(make: Maker) -> None:
    rows = lists.rows("sites")
    frame = make.add("site", len(rows))
    _codes(frame, ("site_code", "hospital_code"), lists.column("sites", "code"))
    names = lists.column("sites", "name")
    frame.text("site_name", names)
    frame.text("organisation_name", names)
    make.premises(frame)
    numbers = format_numbers("RQV%02d", np.arange(1, frame.rows + 1))
    for fact in ("ods_code", "organisation_code", "national_code"):
        frame.text(fact, numbers)
    frame.text("provider_code", np.full(frame.rows, b"RQV00"))
    kinds = make.codes.named("site_type")
    frame.code(
        "site_type",
        "site_type",
        np.array([kinds.closest(row["kind"], i) for i, row in enumerate(rows)]),
    )
    _common(make, frame, names)


def _specialties(make: Maker) -> None:
    known = make.codes.get("treatment_function")
    if known is not None:
        codes = np.array([s.encode() for s in known.sources], dtype="S")
        names = np.array([d.encode() for d in known.descriptions], dtype="S")
    else:
        codes, names = lists.column("specialties", "code"), lists.column("specialties", "name")
    frame = make.add("specialty", len(codes))
    _codes(frame, ("specialty_code", "main_specialty"), codes)
    frame.text("specialty_name", names)
    if known is not None:
        frame.code("treatment_function", "treatment_function", known.meaning_of)
        national = np.array([known.targets[m].encode() for m in known.meaning_of], dtype="S")
        frame.text("national_code", national)
    _common(make, frame, names)


def _staff(make: Maker) -> None:
    consultants = 14 + make.patients // 4000
    others = 22 + make.patients // 4000
    total = consultants + others
    frame = make.add("staff", total)
    rng = make.rng("staff", "sex")
    female = rng.random(total) < 0.5
    make.people(frame, female)
    short = np.char.upper(np.char.replace(frame.values("surname"), b"'", b"")).astype("S3")
    codes = joined(short, format_numbers("%03d", np.arange(1, total + 1)))
    _codes(frame, ("staff_code", "clinician"), codes)
    kinds = make.codes.named("staff_type")
    chosen = np.empty(total, dtype=np.int64)
    lead = kinds.one("consultant")
    rest = [m for m in range(len(kinds.targets)) if m != lead] or [lead]
    chosen[:consultants] = lead
    chosen[consultants:] = np.array(rest)[np.arange(others) % len(rest)]
    frame.code("staff_type", "staff_type", chosen)
    titles = make.codes.named("title")
    frame.code(
        "title", "title", np.where(chosen == lead, titles.one("doctor", "dr"), titles.one("mrs"))
    )
    sexes = make.codes.named("sex")
    frame.code("sex", "sex", np.where(female, sexes.one("female"), sexes.one("male", but="female")))
    specialty = frame.refer("specialty_code", "specialty", _specialty_of(make, total))
    frame.refer("main_specialty", "specialty", specialty)
    frame.links["specialty"] = specialty
    site = make.pick(frame, "site_code", "site")
    frame.links["site"] = site
    jobs = lists.phrases("job")
    frame.text("job_title", np.where(chosen == lead, jobs[0], jobs[1 + chosen % (len(jobs) - 1)]))
    numbers = rng.permutation(900_000)[:total] + 4_000_000
    frame.text("gmc_number", format_numbers("%07d", numbers))
    national = joined(np.where(chosen == lead, b"C", b"N"), format_numbers("%07d", numbers))
    for fact in ("professional_registration", "national_code"):
        frame.text(fact, national)
    make.telephones(frame)
    _common(make, frame)
    cons = make.add("consultant", consultants)
    rows = np.arange(consultants)
    _codes(
        cons, ("consultant_code", "clinic_consultant", "episode_consultant"), codes[:consultants]
    )
    cons.links["staff"] = rows
    cons.links["specialty"] = specialty[:consultants]
    cons.links["site"] = site[:consultants]
    cons.facts.update({k: v for k, v in frame.take_facts(rows).items() if k not in cons.facts})


def _specialty_of(make: Maker, count: int) -> Ints:
    rows = make.frames["specialty"].rows
    begin = int(make.rng("staff", "specialty").integers(rows))
    return (begin + np.arange(count, dtype=np.int64) * 7) % rows


def _users(make: Maker) -> None:
    staff = make.frames["staff"]
    total = min(staff.rows, 18 + make.patients // 5000)
    frame = make.add("user", total)
    of_staff = (np.arange(total, dtype=np.int64) * 5 + 2) % staff.rows
    of_staff = np.unique(of_staff)
    frame.rows = len(of_staff)
    frame.facts.update(staff.take_facts(of_staff))
    frame.links["staff"] = of_staff
    frame.links["site"] = staff.links["site"][of_staff]
    _codes(frame, ("user_id",), format_numbers("U%05d", np.arange(1, frame.rows + 1) + 1200))
    frame.text("user_name", frame.values("name"))
    frame.refer("staff_code", "staff", of_staff)
    make.cover(frame, "user_role", "user_role")
    frame.moment("password_expiry_date", np.full(frame.rows, make.today + 60 * DAY))
    frame.moment("last_login_date", np.full(frame.rows, make.today - DAY))
    frame.flag("account_locked", np.zeros(frame.rows))
    _common(make, frame)
    for name in ("postcode", "site", "specialty", "staff", "consultant"):
        other = make.frames[name]
        if "start" in other.facts:
            make.entered(other, np.asarray(other.values("start")))


def _locations(make: Maker) -> None:
    rows = lists.rows("locations")
    frame = make.add("location", len(rows))
    _codes(frame, ("location_code",), lists.column("locations", "code"))
    names = lists.column("locations", "name")
    frame.text("location_name", names)
    kinds = make.codes.named("location_type")
    frame.code(
        "location_type",
        "location_type",
        np.array([kinds.closest(row["kind"], i) for i, row in enumerate(rows)]),
    )
    site = np.array([0 if i % 3 else i % make.frames["site"].rows for i in range(len(rows))])
    frame.links["site"] = frame.refer("site_code", "site", site)
    frame.refer("parent_location", "location", np.full(len(rows), -1))
    beds = np.array([int(row["beds"]) for row in rows])
    wards = np.flatnonzero(beds > 0)
    frame.integer("bed_count", np.where(beds > 0, beds, 0))
    make.phrase(frame, "building", "building")
    make.phrase(frame, "floor", "floor")
    frame.text("room", format_numbers("R%d", np.arange(1, len(rows) + 1)))
    frame.text("cost_centre", format_numbers("QV%04d", np.arange(len(rows)) * 10 + 1100))
    make.phrase(frame, "printer_queue", "printer")
    make.telephones(frame)
    make.cover(frame, "care_intensity", "care_intensity")
    make.among(frame, "ward_sex", "sex", make.codes.named("sex").meanings("male"), beds >= 0)
    _common(make, frame, names)
    ward = make.add("ward", len(wards))
    ward.facts.update(frame.take_facts(wards))
    _codes(ward, ("ward_code",), np.asarray(frame.values("code"))[wards])
    ward.refer("location_code", "location", wards)
    ward.text("ward_name", names[wards])
    ward.links["location"], ward.links["site"] = wards, site[wards]
    codes = np.asarray(make.frames["specialty"].values("code"))
    wanted = [rows[i]["specialty"].encode() for i in wards]
    spec = np.array([int(np.flatnonzero(codes == w)[0]) if w in codes else 0 for w in wanted])
    ward.links["specialty"] = ward.refer("specialty_code", "specialty", spec)


def _practices(make: Maker) -> None:
    names = lists.column("practices", "name")
    total = min(len(names), 8 + make.patients // 500)
    frame = make.add("practice", total)
    _codes(frame, ("practice_code",), format_numbers("Y%05d", 81001 + np.arange(total) * 17))
    frame.text("practice_name", names[:total])
    make.premises(frame)
    frame.integer("list_size", 2500 + make.rng("practice", "size").integers(0, 9000, total))
    _common(make, frame, names[:total])
    gp = make.add("gp", total * 3)
    female = np.arange(gp.rows) % 2 == 0
    make.people(gp, female)
    of = np.arange(gp.rows) % total
    gp.links["practice"] = gp.refer("practice_code", "practice", of)
    _codes(gp, ("gp_code",), format_numbers("G%07d", 8_300_101 + np.arange(gp.rows) * 29))
    gp.text("gp_surname", gp.values("surname"))
    gp.text("gp_name", gp.values("name"))
    gp.text("gmc_number", format_numbers("%07d", 6_100_000 + np.arange(gp.rows) * 13))
    gp.text("prescribing_number", format_numbers("%06d", 300_100 + np.arange(gp.rows) * 7))
    sexes, titles = make.codes.named("sex"), make.codes.named("title")
    gp.code("sex", "sex", np.where(female, sexes.one("female"), sexes.one("male", but="female")))
    gp.code("title", "title", np.full(gp.rows, titles.one("doctor", "dr")))
    make.telephones(gp)
    _common(make, gp)
    frame.refer("senior_partner", "gp", np.arange(total))
    frame.text("primary_care_group", format_numbers("PG%03d", np.arange(total) % 4 + 1))


def _clinics(make: Maker) -> None:
    consultants = make.frames["consultant"]
    total = consultants.rows
    frame = make.add("clinic", total)
    rows = np.arange(total, dtype=np.int64)
    surname = np.char.upper(np.char.replace(consultants.values("surname"), b"'", b"")).astype("S4")
    _codes(frame, ("clinic_code",), joined(surname, format_numbers("%02d", rows + 1), b"A"))
    for fact in ("consultant_code", "clinic_consultant"):
        frame.refer(fact, "consultant", rows)
    frame.links["consultant"] = rows
    spec = consultants.links["specialty"]
    frame.links["specialty"] = frame.refer("specialty_code", "specialty", spec)
    kinds = make.frames["location"].values("code")
    suites = np.array(
        [i for i, c in enumerate(kinds) if c in (b"OPD1", b"OPD2", b"FRCL", b"EYECL", b"ANC1")]
    )
    place = suites[rows % len(suites)] if len(suites) else rows * 0
    frame.refer("location_code", "location", place)
    frame.links["location"] = frame.refer("clinic_location", "location", place)
    frame.links["site"] = frame.refer(
        "site_code", "site", make.frames["location"].links["site"][place]
    )
    specialty = np.asarray(make.frames["specialty"].values("specialty_name"))[spec].astype("S24")
    frame.text("clinic_name", joined(specialty, b" - ", consultants.values("surname")))
    make.cover(frame, "clinic_type", "clinic_type")
    days = np.array([b"MON", b"TUE", b"WED", b"THU", b"FRI"])
    frame.text("clinic_day", days[rows % 5])
    frame.moment("clinic_start_time", np.full(total, make.today + 9 * 60))
    frame.moment("clinic_end_time", np.full(total, make.today + 12 * 60 + 30))
    for fact, value in (
        ("slot_length", 15),
        ("maximum_new", 6),
        ("maximum_follow_up", 12),
        ("overbooking_limit", 2),
    ):
        frame.integer(fact, np.full(total, value) + rows % 3)
    make.flags(frame, "directly_bookable", "telephone_clinic", "nurse_led", share=0.3)
    frame.moment("clinic_session_date", make.today - 30 * DAY + rows * DAY)
    frame.integer("session_number", rows + 1)
    _common(make, frame, np.asarray(frame.values("clinic_name")))


def _small_lists(make: Maker) -> None:
    for name, source, keys in (
        (
            "purchaser",
            "purchasers",
            ("purchaser_code", "commissioner_code", "commissioner_of_residence"),
        ),
        ("team", "teams", ("team_code",)),
        (
            "casenote_place",
            "casenote_places",
            ("casenote_location", "movement_to", "movement_from"),
        ),
        ("diagnosis", "diagnoses", ("diagnosis_code", "primary_diagnosis", "secondary_diagnosis")),
        ("procedure", "procedures", ("procedure_code", "primary_procedure", "secondary_procedure")),
    ):
        codes = lists.column(source, "code")
        frame = make.add(name, len(codes))
        _codes(frame, keys, codes)
        label = "text" if name in ("diagnosis", "procedure") else "name"
        names = lists.column(source, label)
        frame.text(f"{name}_name", names)
        frame.text(f"{name}_text", names)
        _common(make, frame, names)
    team = make.frames["team"]
    kinds = make.codes.named("team_type")
    words = [row["kind"] for row in lists.rows("teams")]
    team.code(
        "team_type", "team_type", np.array([kinds.closest(w, i) for i, w in enumerate(words)])
    )
    make.pick(team, "site_code", "site")
    place = make.frames["casenote_place"]
    make.cover(place, "casenote_location_type", "casenote_location_type")
    theatre = make.add("theatre", 3)
    _codes(theatre, ("theatre_code",), np.array([b"TH1", b"TH2", b"TH3"]))
    _common(make, theatre, np.array([b"Theatre One", b"Theatre Two", b"Day Theatre"]))
    for frame in (make.frames["practice"], make.frames["gp"]):
        make.pick(frame, "commissioner_code", "purchaser")
    hrg = make.add("hrg", 20)
    _codes(
        hrg,
        ("hrg_code",),
        format_numbers(
            "%sA", np.array([f"{c}{n:02d}Z"[:4] for c in "ABCDE" for n in (3, 12, 27, 40)])
        ),
    )
    _common(make, hrg, np.char.add(b"Group ", np.asarray(hrg.values("code"))))


def in_time(make: Maker, moments: Ints) -> Ints:
    """Moments that have happened; EMPTY for those to come."""
    return where((moments != EMPTY) & (moments < make.today), moments)


SPAN = 5 * YEAR
