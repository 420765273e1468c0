"""What every plugin is held to."""

from datetime import datetime
from typing import Any

from housing_guarantee.geo import Area, Polygon
from housing_guarantee.testing import Conformance, casefile, household, photo, survey

NOWHERE: dict[str, Any] = {"township": "茫曲镇", "village": "斗龙村", "area_code": None}
EITHER: dict[str, Any] = {"township": "", "village": "塔哇村", "area_code": None}
BORDER = ((100.2, 35.335), (101.56, 35.335), (101.56, 36.13), (100.2, 36.13), (100.2, 35.335))
MAIN_PART_ALONE = Area("632525", "贵南县", (Polygon((BORDER,)),))


class TestConformance(Conformance):
    """The county's rules say what they must, and only answer."""

    plugin = "guinan"
    asked = {"areas": (MAIN_PART_ALONE,)}
    examples = {
        "guinan.plan-differs": survey(),
        "guinan.exclave-missing": survey(),
        "guinan.village-unknown": casefile(household=household(**NOWHERE)),
        "guinan.village-ambiguous": casefile(household=household(**EITHER)),
        "guinan.code-superseded": casefile(household=household(area_code="632525400001")),
        "guinan.photo-in-the-dark": casefile(photos=[photo(taken_at=datetime(2020, 6, 11, 2, 5))]),
    }
