"""Generated persons: names from a stock of name parts, and identity numbers of an area that was never assigned.

No name or number is anybody's. The numbers have a right date, order code and check digit, so that they pass for
numbers; their area code, 632599, is none.
"""

from datetime import date, timedelta
from itertools import count
from random import Random

from housing_guarantee.converters import check_digit

__all__ = ["AREA", "Names", "identity_number"]

AREA = "632599"
_PATIENCE = 50  # draws, after which names become longer: a large village has more people than short names

_FIRST = (
    "才让",
    "多杰",
    "卓玛",
    "拉毛",
    "扎西",
    "索南",
    "仁青",
    "尕藏",
    "罗藏",
    "旦增",
    "桑杰",
    "贡保",
    "官却",
    "加羊",
    "华旦",
)
_SECOND = (
    "东主",
    "本",
    "太",
    "杰布",
    "措",
    "吉",
    "南加",
    "昂杰",
    "才郎",
    "尼玛",
    "达哇",
    "旺毛",
    "彭措",
    "伦珠",
    "端智",
)
_SURNAMES = ("马", "王", "李", "张", "祁", "韩", "星", "鲁")
_GIVEN = ("成林", "玉兰", "生福", "海英", "有才", "桂花", "占奎", "永清", "文秀", "得福")


class Names:
    """Gives full names, each to one person of a village only, so that a name there tells who is meant."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._taken: set[tuple[str, str]] = set()

    def one(self, village: str) -> str:
        """Give a name that nobody in the village has yet."""
        name = self._any()
        for attempt in count():
            if (village, name) not in self._taken:
                break
            name = self._any() + (self._random.choice(_SECOND) if attempt > _PATIENCE else "")
        self._taken.add((village, name))
        return name

    def _any(self) -> str:
        random = self._random
        if random.random() < 0.25:
            return random.choice(_SURNAMES) + random.choice(_GIVEN)
        return random.choice(_FIRST) + random.choice((*_SECOND, *_FIRST))


def identity_number(serial: int, born: date, *, male: bool, area: str = AREA) -> str:
    """Make the 18 digits of a person: the serial number chooses order code and, past 499, another day of birth."""
    born -= timedelta(days=serial // 499)
    order = 2 * (serial % 499) + (1 if male else 2)
    core = f"{area}{born:%Y%m%d}{order:03d}"
    return core + check_digit(core)
