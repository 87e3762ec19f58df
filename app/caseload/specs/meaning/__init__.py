"""What tables and fields mean, told from names, sizes, types, prose and their neighbours.

`understand(catalog)` answers for a whole catalog.  Nothing here reads rows; what was
measured on rows is handed in by the layers above.
"""

from __future__ import annotations

from caseload.specs.meaning.types import (
    CatalogMeaning,
    FieldMeaning,
    FieldRole,
    Kind,
    Representation,
    TableMeaning,
)
from caseload.specs.meaning.whole import understand

__all__ = [
    "CatalogMeaning",
    "FieldMeaning",
    "FieldRole",
    "Kind",
    "Representation",
    "TableMeaning",
    "understand",
]
