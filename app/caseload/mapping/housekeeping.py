"""Target fields that the migration makes itself: load keys, links to them, the system's code."""

from __future__ import annotations

from caseload.mapping.inputs import Systems
from caseload.model.catalog import FieldSpec
from caseload.specs.meaning import FieldMeaning


def is_housekeeping(systems: Systems, spec: FieldSpec, meaning: FieldMeaning) -> bool:
    """Load keys, links to them, and the sending system's code."""
    if is_load_key(spec, meaning) or is_system_code(systems, spec):
        return True
    parent = systems.target.find(spec.foreign_table, spec.foreign_field)
    if parent is None:
        return False
    of_parent = systems.target_meaning.fields[parent.table_name, parent.field_name]
    return is_load_key(parent, of_parent)


def is_load_key(spec: FieldSpec, meaning: FieldMeaning) -> bool:
    """A number that only the load file knows: unique, and called a record number."""
    numeric = spec.data_type.upper().startswith(("NUM", "INT", "BIGINT"))
    called = meaning.concept == "record_number" or "record" in meaning.words
    return numeric and spec.unique and called


def is_system_code(systems: Systems, spec: FieldSpec) -> bool:
    """A mandatory text that most load tables begin with and that names the sending system."""
    if spec.unique or spec.foreign_table or spec.position > 3:
        return False
    return spec.field_name in systems.system_fields
