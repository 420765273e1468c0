"""The workbooks as the office sent them."""

from collections.abc import Iterator

from housing_guarantee.adapters.app_export import is_package, tables_of
from housing_guarantee.adapters.tables import read_file
from housing_guarantee.errors import OutputError
from housing_guarantee.source import Account

__all__ = ["originals"]


def originals(account: Account) -> Iterator[tuple[str, bytes]]:
    """Give the workbooks of a source, each by the name that its cells bear.

    :raises OutputError: the file is no longer the one that was read
    """
    source = account.source
    if is_package(source.path):
        yield from ((f"{source.name}/{member}", data) for member, data in tables_of(source))
        return
    data, digest = read_file(source.path, source.name)
    if digest != account.digest:
        raise OutputError(
            f"{source.name}: 核验期间文件已改动，请重新核验 · it changed while it was checked: check again"
        )
    yield source.name, data
