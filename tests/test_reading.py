"""What is read of a source is of one moment, or it is said that it is not."""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from housing_guarantee.campaign import load_campaign
from housing_guarantee.definition import Definition
from housing_guarantee.plugins import equip
from housing_guarantee.reading import Silent, read_sources, readings_of
from housing_guarantee.source import Account, Found, Source, Tick
from housing_guarantee.testing import write_demo_county


class WhileItIsRead:
    """An adapter during whose reading another program writes the file."""

    name: ClassVar[str] = "slow"
    roles: ClassVar[tuple[str, ...]] = ("roster",)
    options: ClassVar[tuple[str, ...]] = ()

    def __init__(self, appended: bytes, *, replaced: bool = False) -> None:
        self._appended, self._replaced = appended, replaced

    def read(self, source: Source, account: Account, definition: Definition, tick: Tick) -> Iterator[Found]:
        """Read nothing, slowly."""
        if self._replaced:
            other = source.path.with_suffix(".new")
            other.write_bytes(source.path.read_bytes() + self._appended)
            other.replace(source.path)
        else:
            with source.path.open("ab") as file:
                file.write(self._appended)
        yield from ()


@pytest.fixture
def roster(tmp_path: Path) -> Account:
    """The account of a demo county's roster."""
    campaign = load_campaign(write_demo_county(tmp_path / "county"))
    return next(account for account, _ in readings_of(campaign, equip()) if account.source.role == "roster")


@pytest.mark.parametrize(
    ("adapter", "changed"),
    [
        (WhileItIsRead(b"\n"), True),
        (WhileItIsRead(b"\n", replaced=True), True),
        (WhileItIsRead(b""), False),
    ],
    ids=["appended", "replaced", "looked at"],
)
def test_a_source_that_changes_while_it_is_read_is_said_and_not_judged(
    adapter: WhileItIsRead, changed: bool, roster: Account, tmp_path: Path
) -> None:
    """Half of one file and half of another prove nothing: the source counts as unread, in both languages."""
    campaign = load_campaign(tmp_path / "county" / "campaign.toml")

    assert list(read_sources([(roster, adapter)], campaign, Silent())) == []

    name = roster.source.name
    said = {"zh": f"{name}: 读取期间文件有改动，请重新核验", "en": f"{name}: it changed while it was read: check again"}
    assert roster.problem == (said if changed else None)
