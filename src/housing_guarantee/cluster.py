"""A cluster of Dask's as an executor (the extra ``distributed``): workers here, or of a scheduler that is there.

Workers unpickle what a scheduler hands them, so that its address must be trusted as a machine of one's own is.
"""

import logging
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any

from housing_guarantee.campaign import Campaign
from housing_guarantee.counties import difference, installation
from housing_guarantee.errors import PluginError

__all__ = ["cluster"]


@contextmanager
def cluster(campaign: Campaign, *, workers: int = 0, address: str = "") -> Iterator[Executor]:
    """Give the executor of a cluster (the extra ``distributed``), after looking at what its workers have.

    :param workers: how many processes to start here
    :param address: of a Dask scheduler that is there already
    :raises PluginError: the extra is not installed, nobody answers, or a worker has other plugins or versions
    """
    try:
        import distributed
    except ImportError:
        how = "pip install 'housing-guarantee[distributed]'"
        raise PluginError(f"a cluster needs an extra: {how}", zh=f"集群运行需要安装：{how}") from None
    kinds: Any = distributed  # its classes bear no types
    if address:
        try:
            client = kinds.Client(address, timeout="15s", set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            problem = f"no scheduler answers at {address} ({type(error).__name__})"
            raise PluginError(problem, zh=f"{address} 没有调度器应答") from error
        with client:
            yield _looked_at(client, campaign)
        return
    here: dict[str, Any] = {"host": "127.0.0.1", "dashboard_address": None, "silence_logs": logging.ERROR}
    with (
        kinds.LocalCluster(n_workers=workers, threads_per_worker=1, **here) as local,
        kinds.Client(local, set_as_default=False) as client,
    ):
        yield _looked_at(client, campaign)


def _looked_at(client: Any, campaign: Campaign) -> Executor:
    """Refuse workers that would judge otherwise than this process."""
    ours = installation(campaign)
    for address, theirs in sorted(client.run(installation, campaign, on_error="return").items()):
        found = type(theirs).__name__ if isinstance(theirs, BaseException) else difference(ours, theirs)
        if found:
            raise PluginError(f"worker {address} differs: {found}", zh=f"工作进程 {address} 的安装不一致：{found}")
    executor: Executor = client.get_executor(pure=False)
    return executor
