"""What every plugin is held to."""

from test_monitoring import MAY_2024, listed, monitored, visit

from housing_guarantee.converters import to_period
from housing_guarantee.testing import Conformance

LEAK = {"problems": "屋面漏雨", "rectify_status": "未整改"}


class TestConformance(Conformance):
    """The monitoring's rules say what they must, and only answer."""

    plugin = "monitoring"
    asked = {"definition": MAY_2024.definition, "as_of": MAY_2024.as_of}
    examples = {
        "monitoring.group-unknown": monitored(home=listed(("一般户", "民政局"))),
        "monitoring.wrong-department": monitored(home=listed(("低保户", "残联"))),
        "monitoring.listed-twice": monitored(home=listed(("低保户", "民政局"), ("低保户", "民政局"))),
        "monitoring.not-in-round": monitored(visit(round=None)),
        "monitoring.twice-in-round": monitored(visit(), visit(grade="B级")),
        "monitoring.worse-without-reason": monitored(visit(round="2023"), visit(grade="B级")),
        "monitoring.problem-dropped": monitored(visit(round="2023", **LEAK), visit()),
        "monitoring.past-due": monitored(visit(due_on=to_period("2024-05-25"), **LEAK)),
        "monitoring.readiness-missing": monitored(visit(earthquake_ready=None)),
        "monitoring.not-ready": monitored(visit(earthquake_ready=False, intensity=8.0)),
    }
