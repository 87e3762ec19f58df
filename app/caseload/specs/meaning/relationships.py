"""Primary and foreign keys of a catalog, declared or inferred."""

from __future__ import annotations

from caseload.model.catalog import Catalog
from caseload.specs.meaning.types import CatalogMeaning


def relate(catalog: Catalog, whole: CatalogMeaning) -> None:
    """Fill `whole.keys` and `whole.relationships`."""
