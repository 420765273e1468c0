"""The commands. Each is imported only when it is called, so that ``--help`` answers at once."""

import signal
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from housing_guarantee.errors import CampaignError, HousingGuaranteeError, OutputError, PluginError

__all__ = ["main"]

_COMMANDS = {
    "audit": "审计：核对工作区的操作记录 · verify the audit trail of a workspace",
    "card": "证明卡：每户一页A4，供打印归档 · write an A4 proof card a household, for print",
    "check": "核验：读入各来源，逐户判定 · check a campaign, household by household",
    "demo": "演示：生成一个虚构的县并核验 · write a synthetic county, and check it",
    "diff": "变化：与上次核查相比新增、关闭、再现的问题 · what is new, closed, or came back since an earlier check",
    "doctor": "体检：运行前检查机器、数据库、磁盘和来源 · look at the machine, databases and sources before a run",
    "explain": "说明：一户的结论凭什么 · show what a household's verdict rests on",
    "feedback": "回收：读入交回的整改清单 · take in the lists that came back",
    "init": "新建：查看一个文件夹，写出 campaign.toml · look at a folder, and write a campaign file for it",
    "inspect": "查看：文件是什么、各列如何理解、缺什么 · show what files are, and how each column is understood",
    "new-plugin": "新建插件：写出可安装的一整套 · write a plugin to begin with, tests and all",
    "photos": "照片：逐张列出拍摄位置、时间和问题 · list what every photo tells",
    "plugins": "列出插件 · list the plugins",
    "push": "改回去：计划并执行对省系统等来源的更正 · plan and apply corrections of the sources",
    "purge": "清除：删除工作区中的个人数据并出具证明 · remove personal data from the workspace, and certify it",
    "review": "看照片：写出逐张审看照片的离线网页 · write a page on which a person looks through the photos",
    "rules": "列出规则或说明一条规则 · list the rules, or explain one",
    "schema": "格式：案卷、问题、结论、任务文件的 JSON Schema · print the JSON Schema of what goes in and out",
    "status": "进度：各乡镇、村的整改情况 · how the findings stand by township and village",
}


def _module_of(command: str) -> str:
    return f"housing_guarantee.cli.{command.replace('-', '_')}"


class Commands(click.Group):
    """Commands by name, imported when called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the names."""
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(_module_of(cmd_name)).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show every command's line without importing it."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(_COMMANDS.items()))


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="housing-guarantee")
def program() -> None:
    """住房安全有保障核验：逐户证明，指到单元格。

    Proves, household by household, whether a family has safe housing, and points at the cell where it does not.
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the program, and end with the exit code that the contract names."""
    for name in ("SIGTERM", "SIGHUP"):  # a service that stops, a terminal that is closed: as if by Ctrl-C
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)
    for stream in (sys.stdout, sys.stderr):  # a console that cannot show a character must not end a run
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    sys.exit(_run(arguments))


def _run(arguments: list[str] | None) -> int:
    try:
        code: Any = program.main(arguments, standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("中断 · interrupted", err=True)
        return 130
    except (CampaignError, PluginError) as error:
        click.echo(f"错误 · error: {f'{error.zh} · ' if error.zh else ''}{error}", err=True)
        return 2
    except OutputError as error:
        click.echo(f"错误 · error: {error}", err=True)
        return 2
    except HousingGuaranteeError as error:
        click.echo(f"错误 · error: {error}", err=True)
        return 3
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except Exception as error:  # a traceback may hold a family's data: say the place, not the values
        if isinstance(error, MemoryError) or "can't start new thread" in error.args:
            zh = "内存不足：请关闭其他程序后重试，已读的照片不再读"
            click.echo(f"{zh} · out of memory: close other programs and run it again", err=True)
            return 3
        click.echo(f"程序错误 · internal error: {type(error).__name__} at {_place(error)}", err=True)
        return 2
    return code if isinstance(code, int) else 0


def _place(error: BaseException) -> str:
    """Say where an exception was raised."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"
