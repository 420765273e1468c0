"""What every plugin is held to."""

from housing_guarantee.testing import Conformance


class TestConformance(Conformance):
    """The adapter is loaded, says what it reads, and takes nothing of others."""

    plugin = "odk"
