"""The examples run as they stand, and do what they say."""

import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
import uvicorn

EXAMPLES = Path(__file__).parents[1] / "examples"
sys.path.insert(0, str(EXAMPLES))

from service import create_app  # noqa: E402 - an example stands by itself, in its own folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the examples, in which a key may be made."""
    return shutil.copytree(EXAMPLES, tmp_path_factory.mktemp("copied") / "examples")


def said_by(script: Path) -> str:
    """Run a script in a process of its own, where a warning is an error."""
    command = [sys.executable, "-W", "error", script.name]
    done = subprocess.run(command, cwd=script.parent, capture_output=True, encoding="utf-8", check=True)  # noqa: S603
    return done.stdout


# ------------------------------------------------------------------------------------------------ the service


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    """The service, on a port of its own."""
    app = create_app(folder / "campaign.toml")
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 30
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    yield f"http://{host}:{port}"
    server.should_exit = True
    thread.join(10)


def posted(address: str, data: Any) -> tuple[int, Any]:
    """Post a case file, and give the status and the answer."""
    request = Request(f"{address}/judge", json.dumps(data).encode(), {"Content-Type": "application/json"})  # noqa: S310
    try:
        with urlopen(request, timeout=30) as answer:  # noqa: S310 - our own server
            return answer.status, json.load(answer)
    except HTTPError as error:
        with error:
            return error.code, json.load(error)


def casefile() -> dict[str, list[dict[str, Any]]]:
    """Give the case file that stands beside the service."""
    data: dict[str, list[dict[str, Any]]] = json.loads((EXAMPLES / "casefile.json").read_text(encoding="utf-8"))
    return data


def test_the_service_judges_a_case_file(address: str) -> None:
    """The verdict and the findings come back masked, each pointing at table, row and field."""
    status, answer = posted(address, casefile())

    (finding,) = answer["findings"]
    (origin,) = finding["origins"]
    assert (status, answer["household"]["verdict"]) == (200, "unproven")
    assert finding["code"] == "intake.row-unreadable"
    assert (origin["row"], origin["column"], origin["value"]) == (1, "verified_on", "2020-06-41")
    assert "632599196001011234" not in json.dumps(answer)


def test_the_service_proves_and_contradicts(address: str) -> None:
    """A date put right shows the grade; a grade put right proves the household."""
    right = casefile()
    right["verifications"][0]["verified_on"] = "2020-06-11"
    _, contradicted = posted(address, right)
    right["verifications"][0]["grade"] = "A级"
    _, answer = posted(address, right)

    codes = [finding["code"] for finding in contradicted["findings"]]
    assert (contradicted["household"]["verdict"], codes[:1]) == ("contradicted", ["appraised.grade-unsafe"])
    assert answer["household"]["requirements"]["grade"] == "met"


def test_the_service_refuses_what_is_no_case_file(address: str) -> None:
    """The answer says what is wrong, and repeats no value."""
    wrong = casefile()
    wrong["roster"][0]["headname"] = "不应出现"

    status, answer = posted(address, wrong)

    assert status == 422
    assert answer == {"detail": "roster 1: 'headname' is no field of roster; did you mean 'head_name'?"}


def test_the_service_describes_what_may_be_posted(address: str) -> None:
    """A client learns the shape from the service itself."""
    with urlopen(f"{address}/schema", timeout=30) as answer:  # noqa: S310 - our own server
        assert json.load(answer)["$id"] == "urn:housing-guarantee:casefile:1"


# ------------------------------------------------------------------------------------------------ the scripts


def test_the_form_says_which_fields_are_wrong(folder: Path) -> None:
    """Each fault stands beside its field, in words for whoever fills in the form."""
    assert said_by(folder / "form.py").splitlines() == [
        "grade",
        "  鉴定安全，但等级为D，不是A级或B级",
        "became_dangerous",
        "  “是否变危返危”没有填写",
    ]


def test_frames_go_in_and_come_out(folder: Path) -> None:
    """Both libraries give the same verdicts; a record of nobody on the roster is given back."""
    said = said_by(folder / "frames.py")

    verdicts = [line.split()[1:3] for line in said.splitlines() if line[:1].isdigit() and "ed" in line][:3]
    assert verdicts == [
        ["10000000001", "proved"],
        ["10000000002", "contradicted"],
        ["10000000003", "not_verified"],
    ]
    assert [f"│ {word}" in said for word in ("contradicted", "not_verified", "proved")] == [True, True, True]
    assert said.endswith("1 record(s) of nobody on the roster\n")
