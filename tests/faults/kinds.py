"""Every kind of input that is changed on purpose, by its name."""

from collections.abc import Mapping

from tests.faults.archives import ARCHIVES
from tests.faults.books import LISTS, OLD_WORKBOOKS, WORKBOOKS
from tests.faults.photos import PHOTOS, PIXELS
from tests.faults.targets import Target
from tests.faults.texts import AREAS, CAMPAIGNS, DELIMITED

__all__ = ["TARGETS"]

TARGETS: Mapping[str, Target] = {
    target.name: target
    for target in (PHOTOS, PIXELS, WORKBOOKS, OLD_WORKBOOKS, LISTS, DELIMITED, ARCHIVES, CAMPAIGNS, AREAS)
}
