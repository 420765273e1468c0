"""What every plugin is held to."""

from datetime import date, datetime

from housing_guarantee.geo import Area, Polygon
from housing_guarantee.testing import Conformance, casefile, household, photo

NOWHERE = {"township": "茫曲镇", "village": "斗龙村", "area_code": None}
EITHER = {"township": "", "village": "塔哇村", "area_code": None}


class TestConformance(Conformance):
    """The county's rules say what they must, and only answer."""

    plugin = "guinan"
    examples = {
        "guinan.village-unknown": casefile(household=household(**NOWHERE)),
        "guinan.village-ambiguous": casefile(household=household(**EITHER)),
        "guinan.code-superseded": casefile(household=household(area_code="632525400001")),
        "guinan.photo-in-the-dark": casefile(album=[photo(taken_at=datetime(2020, 6, 11, 2, 5))]),
    }
