"""A version put away comes back whole, and is told apart by what it says."""

from dataclasses import replace

import pytest

from caseload.model.catalog import (
    Catalog,
    Check,
    DocumentRead,
    FieldSpec,
    Provenance,
    ReadProblem,
    Side,
    TableSpec,
)
from caseload.model.errors import BadInput
from caseload.specs import archive

SPEC = FieldSpec(
    "LOAD_PMI", "SEX", 1, "VARCHAR2", "1", description="Sex \u202e of <b>the</b> patient",
    allowed_values=("M", "F"), provenance=Provenance("g.pdf", 3, box=(1.0, 2.0, 3.0, 4.0)),
    confidence=0.8, checks=(Check("type known", True),),
)  # fmt: skip
CATALOG = Catalog(
    Side.TARGET,
    {"LOAD_PMI": TableSpec("LOAD_PMI", (SPEC,), "Patients", 1)},
    (DocumentRead("g.pdf", "a" * 64, "pdf"),),
    (ReadProblem("unread", Provenance("g.pdf", 9)),),
)


def with_field(**changes):
    table = replace(CATALOG.tables["LOAD_PMI"], fields=(replace(SPEC, **changes),))
    return Catalog(CATALOG.side, {"LOAD_PMI": table}, CATALOG.documents, CATALOG.problems)


def test_a_version_comes_back_whole_also_from_another_process(tmp_path):
    archive.write(tmp_path, CATALOG)
    packed = archive.read(tmp_path, Side.TARGET)
    assert archive.unpack(packed.body) == CATALOG
    assert (packed.tables, packed.fields, packed.documents) == (1, 1, CATALOG.documents)
    assert archive.read(tmp_path, Side.SOURCE) is None


@pytest.mark.parametrize(
    ("changes", "differs"),
    [
        ({"length": "2"}, True),
        ({"mandatory": True}, True),
        ({"allowed_values": ("M",)}, True),
        ({"description": "Other"}, True),
        ({"confidence": 0.5}, False),
        ({"provenance": Provenance("g.pdf", 4)}, False),
        ({"checks": ()}, False),
    ],
)
def test_what_the_documents_say_tells_versions_apart_not_how_well_it_was_read(changes, differs):
    one, other = archive.fingerprint(CATALOG), archive.fingerprint(with_field(**changes))
    assert (one != other) is differs


def test_another_document_makes_another_version():
    other = replace(CATALOG, documents=(DocumentRead("g.pdf", "b" * 64, "pdf"),))
    assert archive.fingerprint(other) != archive.fingerprint(CATALOG)


@pytest.mark.parametrize("body", [b"", b"no archive", archive.pack(CATALOG).body[:-9]])
def test_a_damaged_archive_is_refused_with_what_to_do(body):
    with pytest.raises(BadInput, match="damaged"):
        archive.unpack(body)
