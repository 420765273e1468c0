"""A synthetic Guinan-shaped county with planted faults: its files as offices type them, and the truth about them.

The same seed gives the same bytes. No person, number or photo in it is anybody's.
"""

from housing_guarantee.demo.circle import Circle, Turn
from housing_guarantee.demo.truth import Comparison, Planted, Truth, compare
from housing_guarantee.demo.write import VARIANTS, write_county

__all__ = ["VARIANTS", "Circle", "Comparison", "Planted", "Truth", "Turn", "compare", "write_county"]
