"""The machine: Python, memory, disk, limits, locale, zone data, and whether photos can be read in processes."""

import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from housing_guarantee.adapters.workbook_child import MEMORY as WORKBOOK_MEMORY
from housing_guarantee.containment import command_of, end, start
from housing_guarantee.doctor.advice import Advice, fine, problem, warning
from housing_guarantee.photos.probe import READY

__all__ = ["machine"]

_GB = 1 << 30
_FREE, _LEAST_FREE = _GB, _GB // 10  # bytes on the disk: a run of a county writes some tens of megabytes
_FILES = 256
_EXTRAS = {
    "pillow_heif": ("heic", "iPhone 的 HEIC 照片", "HEIC photos of iPhones"),
    "psycopg": ("postgresql", "PostgreSQL 数据库", "PostgreSQL databases"),
    "pymysql": ("mysql", "MariaDB、MySQL 数据库", "MariaDB and MySQL databases"),
}


def machine(folder: Path) -> Iterator[Advice]:
    """Look at the machine.

    :param folder: where a run would write
    """
    yield fine("python", f"Python {platform.python_version()}，{platform.system()}", f"{sys.version.split()[0]}")
    yield _memory()
    yield _disk(folder)
    yield _temporary()
    yield from _limits()
    yield _locale()
    yield _zones()
    yield from _extras()
    yield _probe()


def _memory() -> Advice:
    cores = os.cpu_count() or 1
    try:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # Windows
        return fine("memory", f"{cores} 个处理器", f"{cores} processors")
    said = f"{cores} 个处理器，内存 {size / _GB:.1f} GB", f"{cores} processors, {size / _GB:.1f} GB of memory"
    if size < 2 * _GB:
        return warning("memory", said, ("关闭其他程序", "close other programs"))
    return fine("memory", *said)


def _disk(folder: Path) -> Advice:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    said = f"可用空间 {free / _GB:.1f} GB", f"{free / _GB:.1f} GB are free"
    todo = "清理磁盘，至少留出 1 GB", "make room: 1 GB at least"
    if free < _LEAST_FREE:
        return problem("disk", said, todo)
    return warning("disk", said, todo) if free < _FREE else fine("disk", *said)


def _temporary() -> Advice:
    try:
        with tempfile.TemporaryFile() as file:
            file.write(b"x")
    except OSError as error:
        kind = type(error).__name__
        todo = "将环境变量 TMPDIR 指向可写目录", "let TMPDIR name a folder that can be written"
        return problem(
            "tmpdir", (f"临时目录不可写（{kind}）", f"the temporary folder cannot be written ({kind})"), todo
        )
    if not os.access(Path.home(), os.W_OK):
        return fine(
            "tmpdir", "临时目录可写；用户目录只读，无妨", "it can be written; the home is read-only, which is no matter"
        )
    return fine("tmpdir", "临时目录可写", "it can be written")


def _limits() -> Iterator[Advice]:
    try:
        import resource
    except ImportError:  # Windows
        return
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if files < _FILES:
        todo = f"运行前执行 ulimit -n {_FILES * 4}", f"ulimit -n {_FILES * 4} before the run"
        yield warning("open-files", (f"最多同时打开 {files} 个文件", f"only {files} files may be open at once"), todo)
    else:
        yield fine("open-files", f"可同时打开 {files} 个文件", f"{files} may be open at once")
    memory = resource.getrlimit(resource.RLIMIT_AS)[0]
    if memory != resource.RLIM_INFINITY and memory < WORKBOOK_MEMORY:
        said = f"程序内存限制为 {memory >> 20} MB", f"a program may have {memory >> 20} MB only"
        yield problem("memory-limit", said, ("运行前执行 ulimit -v unlimited", "ulimit -v unlimited before the run"))
    size = resource.getrlimit(resource.RLIMIT_FSIZE)[0]
    if size != resource.RLIM_INFINITY and size < _GB:
        said = f"文件大小限制为 {size >> 20} MB", f"a file may have {size >> 20} MB only"
        yield warning("file-size-limit", said, ("运行前执行 ulimit -f unlimited", "ulimit -f unlimited before the run"))


def _locale() -> Advice:
    console, names = (sys.stdout.encoding or "ascii").lower(), sys.getfilesystemencoding().lower()
    if names != "utf-8":
        said = f"文件名编码为 {names}", f"names of files are in {names}"
        return problem("locale", said, ("设置环境变量 PYTHONUTF8=1", "set PYTHONUTF8=1"))
    if not console.startswith("utf"):
        said = (
            f"控制台编码为 {console}，生僻字会显示为代码",
            f"the console is in {console}: rare characters are shown as codes",
        )
        return warning(
            "locale", said, ("设置 PYTHONUTF8=1，Windows 下执行 chcp 65001", "set PYTHONUTF8=1; on Windows, chcp 65001")
        )
    return fine("locale", f"控制台编码 {console}", f"the console is in {console}")


def _zones() -> Advice:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo("Asia/Shanghai")
    except (ZoneInfoNotFoundError, OSError):
        said = (
            "没有时区数据；本程序按 UTC+8 计算，不受影响",
            "there are no zone data; the run counts in UTC+8 without them",
        )
        return warning("zone-data", said, ("pip install tzdata", "pip install tzdata"))
    return fine("zone-data", "时区数据齐全", "they are there")


def _extras() -> Iterator[Advice]:
    for module, (extra, zh, en) in _EXTRAS.items():
        if find_spec(module):
            yield fine(f"extra-{extra}", f"可读 {zh}", f"{en} can be read")
        else:
            install = f"pip install 'housing-guarantee[{extra}]'"
            said = f"未安装：{zh}将不可读", f"not installed: {en} cannot be read"
            yield warning(f"extra-{extra}", said, (f"需要时 {install}", f"where they are needed, {install}"))


def _probe() -> Advice:
    """Start a process as photos are read in, and have it say that it is there."""
    try:
        child = start(command_of("housing_guarantee.photos.probe"))
    except OSError:
        said = b""
    else:
        with child:
            child.stdin.close()  # type: ignore[union-attr] # all its ends are pipes
            said = child.stdout.readline()  # type: ignore[union-attr]
            end(child)
    if said != READY:
        found = "读取照片的进程无法启动", "no process for reading photos can be started"
        return problem(
            "photo-process", found, ("检查内存限制和安全软件", "look at limits of memory and at security software")
        )
    return fine("photo-process", "读取照片的进程可以启动", "it can be started")
