"""A web service that judges one posted case file: ``uvicorn --factory service:create_app`` in this folder.

``POST /judge`` takes a case file (``GET /schema`` describes it) and answers with the household's verdict and findings,
masked. Rules and campaign are loaded once. Nothing is kept, and nothing of a case file stands in an error or a log.
"""

from pathlib import Path
from typing import Any

from fastapi import Body, FastAPI, HTTPException

import housing_guarantee as hg
from housing_guarantee.plugins import equipped
from housing_guarantee.reports.jsonl import finding_data, household_data
from housing_guarantee.schemas import casefile_schema

CAMPAIGN = Path(__file__).with_name("campaign.toml")


def create_app(campaign_file: Path = CAMPAIGN) -> FastAPI:
    """Make the service for one campaign."""
    campaign = hg.load_campaign(campaign_file)
    equipment = equipped(campaign)
    app = FastAPI(title=campaign.name)

    @app.get("/schema")
    def schema() -> dict[str, Any]:
        """Describe what may be posted."""
        return casefile_schema(equipment)

    @app.post("/judge")
    def judge(casefile: dict[str, Any] = Body()) -> dict[str, Any]:  # noqa: B008 - FastAPI's own way
        """Judge one household."""
        try:
            result = hg.check([hg.casefile_of(casefile, campaign)], campaign, equipment=equipment)
        except hg.CaseFileError as error:
            raise HTTPException(422, str(error)) from None
        (household,) = result.households
        return {
            "household": household_data(household, result.public),
            "findings": [finding_data(finding, result.public) for finding in result.findings],
        }

    return app
