"""``completion``: a script by which a shell completes commands, options and the codes of rules.

Household numbers are never completed: they would stand in a shell's history and on whoever's screen.
"""

import os
from typing import Any, ClassVar

import click
from click.shell_completion import CompletionItem, ShellComplete, add_completion_class, get_completion_class
from click.shell_completion import split_arg_string as split

from housing_guarantee.cli import options

__all__ = ["VARIABLE", "command"]

PROGRAM = "housing-guarantee"
VARIABLE = "_HOUSING_GUARANTEE_COMPLETE"
_SHELLS = ("bash", "zsh", "fish", "powershell")


class PowerShellComplete(ShellComplete):
    """Completion in PowerShell, which click itself does not know."""

    name: ClassVar[str] = "powershell"
    source_template: ClassVar[str] = """\
Register-ArgumentCompleter -Native -CommandName %(prog_name)s -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $before = [Console]::OutputEncoding
    [Console]::OutputEncoding = [System.Text.Encoding]::UTF8
    $env:PYTHONIOENCODING = "utf-8"
    $env:COMP_WORDS = $commandAst.ToString()
    $env:COMP_CWORD = $wordToComplete
    $env:%(complete_var)s = "powershell_complete"
    try {
        %(prog_name)s | ForEach-Object {
            $type, $value, $help = $_ -split "`t", 3
            $tip = if ($help) { $help } else { $value }
            [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $tip)
        }
    } finally {
        Remove-Item Env:COMP_WORDS, Env:COMP_CWORD, Env:%(complete_var)s, Env:PYTHONIOENCODING
        [Console]::OutputEncoding = $before
    }
}
"""

    def get_completion_args(self) -> tuple[list[str], str]:
        """Give the words before the one that is typed, and that one."""
        words, incomplete = split(os.environ["COMP_WORDS"])[1:], os.environ["COMP_CWORD"]
        return words[:-1] if incomplete and words[-1:] == [incomplete] else words, incomplete

    def format_completion(self, item: CompletionItem) -> str:
        """Give a line of what stands in it: its kind, its text, its help."""
        return f"{item.type}\t{item.value}\t{item.help or ''}"


add_completion_class(PowerShellComplete)


@click.command("completion")
@click.argument("shell", type=click.Choice(_SHELLS))
@options.lang
@click.pass_context
def command(ctx: click.Context, shell: str, lang: str | None) -> int:
    """补全：输出命令行补全脚本（bash、zsh、fish、PowerShell），写入 shell 的启动文件即可。

    Print a script by which a shell completes commands, options and codes of rules; put it into the shell's start file.
    """
    kind: Any = get_completion_class(shell)
    click.echo(kind(ctx.find_root().command, {}, PROGRAM, VARIABLE).source())
    return 0
