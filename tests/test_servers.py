"""The servers of the tests themselves: where one is missing, that is said and never passed over in CI."""

import pytest

from tests.servers import _binaries


def test_a_server_that_is_not_installed_skips_its_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a newcomer's machine, with the reason."""
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="there is no no-such-server on this machine"):
        _binaries("no-such-server")


def test_a_server_that_is_not_installed_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the tests against it must run."""
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="there is no no-such-server on this machine"):
        _binaries("no-such-server")
