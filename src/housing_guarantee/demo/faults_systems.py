"""What goes wrong beside the app: in the archives, and in the provincial systems."""

from typing import Any

from housing_guarantee.demo.county import House
from housing_guarantee.demo.fault import (
    ACCOMMODATED,
    APPRAISED,
    RENOVATED,
    Faults,
    Site,
    archive_scanned,
    front_seen,
    in_ledger,
    is_type,
)

__all__ = ["fault"]

fault = Faults()


def is_indexed(house: House) -> bool:
    """Say whether only the index tells what its archive holds."""
    return not house.archive_scanned


def in_renovation_system(house: House) -> bool:
    """Say whether the renovation system must hold it."""
    return in_ledger(house) and house.ledger[0]["book"] == "农村危房改造"


# ------------------------------------------------------------------------------------------------ archives


@fault("archive.missing", source="roster", copies=1)
def archive_missing(house: House, site: Site) -> None:
    """No archive bears the household's number."""
    house.archive = "none"


@fault("archive.document-missing", where=is_indexed, copies=1)
def document_missing(house: House, site: Site) -> None:
    """The index does not list the copy of the identity card."""
    house.papers.remove("身份证明")


@fault("archive.document-missing", where=archive_scanned, source="archive", field="file", copies=1)
def document_lost(house: House, site: Site) -> None:
    """The index names a file that is not in the folder."""
    house.spoilt["身份证明"] = "lost"


@fault("archive.document-missing", where=archive_scanned, source="archive", field="file", copies=1)
def document_empty(house: House, site: Site) -> None:
    """The scan has no bytes."""
    house.spoilt["身份证明"] = "empty"


@fault("archive.document-missing", where=archive_scanned, source="", copies=1)
def folder_empty(house: House, site: Site) -> None:
    """There is a folder, and nothing in it."""
    house.archive = "empty folder"


@fault(
    "archive.field-differs",
    "contradicted",
    where=is_type(APPRAISED),
    source="archive",
    field="guarantee_type",
    copies=1,
)
def archive_type_differs(house: House, site: Site) -> None:
    """The archive has the household as accommodated."""
    house.indexed["guarantee_type"] = ACCOMMODATED


@fault("archive.field-differs", "contradicted", where=is_type(APPRAISED), source="archive", field="grade", copies=1)
def archive_grade_differs(house: House, site: Site) -> None:
    """The archive has the house as grade C."""
    house.indexed["grade"] = "C级"


@fault("accommodated.proof-missing", where=is_type(ACCOMMODATED), copies=1)
def proof_missing(house: House, site: Site) -> None:
    """No lease, no allocation, no host's agreement."""
    del house.papers[1:]


# ------------------------------------------------------------------------------------------------ provincial systems


@fault("provincial.record-missing", "proved", source="roster", copies=1)
def not_retrieved(house: House, site: Site) -> None:
    """The retrieval system does not have the household."""
    house.retrieved = False


@fault("provincial.record-missing", "proved", where=in_renovation_system, source="ledger", field="head_name", copies=1)
def not_recorded(house: House, site: Site) -> None:
    """The renovation system does not have what the ledger has."""
    house.renovation_recorded = False


def differ(field: str, value: Any, **more: Any) -> None:
    """Register a fault of one field of the retrieval system."""

    def plant(house: House, site: Site) -> None:
        house.system[field] = value

    fault("provincial.field-differs", "proved", source="", **more)(plant)


differ("grade", "D级", where=is_type(APPRAISED), copies=1)
differ("grade", None, where=is_type(APPRAISED), copies=1)
differ("policy_year", "2012", where=is_type(RENOVATED), copies=1)
differ("programme", "水库移民", where=in_ledger, copies=1)
differ("guarantee_detail", "自有住房", where=is_type(ACCOMMODATED), copies=1)
differ("id_number", None, copies=1)


@fault("provincial.field-differs", "proved", source="", copies=1)
def number_of_another(house: House, site: Site) -> None:
    """The retrieval system has the number of the head of another household."""
    house.system["id_number"] = site.other.head.number


@fault("guarantee.type-changed", "proved", where=is_type(APPRAISED), also=("provincial.field-differs",), copies=1)
def change_denied(house: House, site: Site) -> None:
    """The record says that nothing has changed, and the retrieval system has another type."""
    house.system["guarantee_type"] = ACCOMMODATED


@fault("provincial.photo-missing", "proved", source="", copies=1)
def photo_not_named(house: House, site: Site) -> None:
    """The retrieval system names no front photo."""
    house.system["front_photo"] = None


@fault("provincial.photo-missing", "proved", where=front_seen, source="", copies=1)
def photo_lost(house: House, site: Site) -> None:
    """The retrieval system names a front photo that is not there."""
    house.front.state = "no file"
