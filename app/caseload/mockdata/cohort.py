"""The whole invented cohort: places, patients and their care, in an order time allows."""

from __future__ import annotations

from datetime import date

from caseload.mockdata.emergencies import make_emergencies
from caseload.mockdata.frames import Fact, Frame
from caseload.mockdata.lists import CodeBook
from caseload.mockdata.maker import Maker
from caseload.mockdata.outpatients import make_outpatients
from caseload.mockdata.pathways import make_pathways
from caseload.mockdata.people import make_people
from caseload.mockdata.services import make_services
from caseload.mockdata.stays import make_stays
from caseload.mockdata.streams import Streams
from caseload.mockdata.waiting import make_waiting
from caseload.mockdata.world import make_world


def make_cohort(patients: int, streams: Streams, codes: CodeBook, as_of: date) -> dict[str, Frame]:
    """Every frame by its name.  Nothing here depends on a catalog."""
    make = Maker(streams, codes, as_of, patients)
    make_world(make)
    make_people(make)
    make_pathways(make)
    make_outpatients(make)
    make_waiting(make)
    make_emergencies(make)
    make_stays(make)
    make_services(make)
    _name_links(make.frames)
    return make.frames


_IDENTIFIERS = {
    "patient": "patient_number",
    "referral": "referral_number",
    "rtt_pathway": "pathway_id",
    "waiting_list": "waiting_list_entry_number",
    "ae_attendance": "ae_attendance_number",
    "mh_episode": "mh_episode_number",
    "community_referral": "community_referral_number",
    "casenote": "casenote_number",
    "maternity": "pregnancy_number",
}


def _name_links(frames: dict[str, Frame]) -> None:
    """Give every row the identifiers of what it is linked to."""
    for frame in frames.values():
        for name, concept in _IDENTIFIERS.items():
            rows = frame.links.get(name)
            if rows is None or concept in frame.facts:
                continue
            held = frames[name].facts[concept]
            frame.facts[concept] = Fact(held.kind, held.take(rows).values, held.domain)
        rows = frame.links.get("admission")
        if rows is not None and "episode_number" not in frame.facts:
            frame.facts["episode_number"] = frames["admission"].facts["episode_number"].take(rows)
        rows = frame.links.get("op_appointment")
        if rows is not None:
            for concept in ("episode_number", "appointment_sequence"):
                frame.facts[concept] = frames["op_appointment"].facts[concept].take(rows)
