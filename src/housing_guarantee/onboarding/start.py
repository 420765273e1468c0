"""From a folder of files to a campaign file that `check` accepts."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from attrs import frozen

from housing_guarantee.errors import CampaignError
from housing_guarantee.masking import Masking
from housing_guarantee.onboarding.campaign_text import campaign_text
from housing_guarantee.onboarding.facts import Fact, facts_of
from housing_guarantee.onboarding.looks import Form, Look, SheetLook
from housing_guarantee.onboarding.proposal import propose
from housing_guarantee.onboarding.proposed import Proposed
from housing_guarantee.onboarding.questions import Ask, nobody
from housing_guarantee.onboarding.showing import masking_for
from housing_guarantee.onboarding.understanding import look_at
from housing_guarantee.rule import Words

__all__ = ["CAMPAIGN", "Start", "start"]

CAMPAIGN = "campaign.toml"


@frozen
class Start:
    """A campaign file that is proposed.

    :param aside: what was found and is not used, each with the reason
    :param faults: files that should be readable and are not
    :param masking: for whatever is shown of it
    """

    text: str
    facts: Mapping[str, Fact]
    sources: tuple[Proposed, ...]
    aside: tuple[tuple[str, Words], ...]
    faults: tuple[Look, ...]
    masking: Masking


def start(folder: Path, language: str = "zh", ask: Ask = nobody) -> Start:
    """Look at a folder and propose a campaign file for what is in it; nothing is written.

    :param ask: who is asked what the files do not tell
    :raises CampaignError: there is a campaign file already, or no roster, without which nothing can be judged
    """
    if (folder / CAMPAIGN).exists():
        problem = f"{folder / CAMPAIGN}: it is there already and is not overwritten"
        raise CampaignError(problem, zh=f"{folder / CAMPAIGN}：文件已存在，不会覆盖")
    looks = look_at([(folder, "")])
    sources = propose(looks, ask)
    if not any(source.role == "roster" for source in sources):
        raise CampaignError(
            f"{folder}: none of its files is a roster (户编号 and a name): nothing could be judged. "
            "See what they are with `inspect`",
            zh=f"{folder}：没有找到名册（需有户编号和户主姓名，或户编号、姓名和与户主关系），无法判定任何一户。"
            "可用 inspect 查看各文件",
        )
    facts = facts_of(looks, sources, folder.resolve().name, ask)
    aside = tuple(_aside(looks, sources))
    text = campaign_text(facts, sources, aside, language)
    return Start(text, facts, sources, aside, tuple(look for look in looks if look.is_fault), masking_for(looks))


def _aside(looks: Sequence[Look], sources: Sequence[Proposed]) -> Iterator[tuple[str, Words]]:
    """Say of everything that was found and is in no source why it is not."""
    used = {id(found) for source in sources for unit in source.units for found in unit.found}
    for look in looks:
        if look.problem is not None:
            yield look.name, Words(look.problem.zh, look.problem.problem)
        for found in look.sheets:
            if id(found) not in used and found.sheet.rows:
                yield _title(look, found), _why_not(look, found)
    areas = [look.name for look in looks if look.form is Form.AREA]
    yield from ((name, Words("已有另一个边界文件", "there is another area file")) for name in areas[1:])


def _title(look: Look, found: SheetLook) -> str:
    inner = found.member or found.sheet.name
    return f"{look.name} [{inner}]" if inner else look.name


def _why_not(look: Look, found: SheetLook) -> Words:
    """Say why a sheet is in no source."""
    view = found.best
    if not found.sheet.visible:
        return Words("隐藏的工作表", "a hidden sheet")
    if view is None:
        return Words("没有认出表头", "no header was recognised")
    if view.problem is not None:
        return Words(view.problem.zh, view.problem.problem)
    if view.missing:
        missing = "、".join(view.missing)
        return Words(f"最像 {view.role}，但缺少 {missing} 列", f"most like {view.role}, but it lacks {missing}")
    if not view.rows:
        return Words("没有数据行", "it holds no row of data")
    if look.form is Form.PACKAGE:
        return Words(
            "压缩包只能整个作为核验导出读取：请先解压", "a package is read as the app's export alone: unpack it"
        )
    return Words(f"可能是 {view.role}，但认出的列太少", f"it may be {view.role}, but too few columns are recognised")
