"""A county never seen before: what its files are, and the campaign file that follows from them."""

from housing_guarantee.onboarding.looks import Look
from housing_guarantee.onboarding.start import Start, start
from housing_guarantee.onboarding.understanding import look_at

__all__ = ["Look", "Start", "look_at", "start"]
