"""What a campaign names: its sources, its workspace, and its databases."""

import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from housing_guarantee.adapters.xlsx_sheet import Limits
from housing_guarantee.campaign import Campaign
from housing_guarantee.database import reading
from housing_guarantee.doctor.advice import Advice, fine, problem, warning
from housing_guarantee.errors import HousingGuaranteeError, SourceError
from housing_guarantee.source import Source
from housing_guarantee.tracking import engines
from housing_guarantee.tracking.store import Workspace

__all__ = ["campaign_advice"]

_SYNCED = ("onedrive", "dropbox", "icloud", "nutstore", "坚果云", "google drive", "baidunetdisk", "百度网盘")
_CLOCK = 60  # seconds by which two clocks may differ


def campaign_advice(campaign: Campaign) -> Iterator[Advice]:
    """Look at what a campaign names."""
    for source in campaign.sources:
        yield (
            _database_source(source, campaign)
            if "url" in source.options or "url_env" in source.options
            else _file(source)
        )
    yield from _place(campaign)
    yield from (
        _server(campaign) if campaign.workspace_url_env else _workspace_file(campaign.folder / campaign.workspace)
    )


# -------------------------------------------------------------------------------------------------------- sources


def _file(source: Source) -> Advice:
    about, path = f"source {source.name}", source.path
    if not path.exists():
        return problem(
            about, ("没有这个文件或文件夹", "there is no such file or folder"), ("检查路径", "look at its path")
        )
    if not os.access(path, os.R_OK):
        return problem(about, ("不可读", "it cannot be read"), ("检查权限", "look at its permissions"))
    if path.is_dir():
        return fine(about, "文件夹可读", "the folder can be read")
    size, most = path.stat().st_size, Limits().file_bytes
    said = f"{size / 1e6:.1f} MB", f"{size / 1e6:.1f} MB"
    if source.role not in ("photos", "archive") and path.suffix.lower() != ".zip" and size > most:
        return problem(about, said, (f"超过 {most // 1_000_000} MB，请拆分", f"over {most // 1_000_000} MB: split it"))
    return fine(about, *said)


def _database_source(source: Source, campaign: Campaign) -> Advice:
    about, variable = f"source {source.name}", source.options.get("url_env")
    url = os.environ.get(variable, "") if variable else source.options.get("url", "")
    if not url:
        todo = f"设置环境变量 {variable}", f"set the environment variable {variable}"
        return problem(about, ("没有数据库地址", "there is no address"), todo)
    try:
        with reading(url, source.name, campaign.folder) as connection:
            connection.exec_driver_sql("SELECT 1")
    except SourceError as error:
        return problem(
            about, (error.zh, error.problem), ("检查地址、账号和网络", "look at its address, account and network")
        )
    return fine(about, "数据库可以读取", "the database can be read")


# ------------------------------------------------------------------------------------------------------ workspace


def _place(campaign: Campaign) -> Iterator[Advice]:
    """Look at where the workspace and the output folder lie: who else may see them."""
    folder = campaign.folder.resolve()
    synced = next((word for word in _SYNCED if word in str(folder).lower()), None)
    if synced:
        said = f"位于同步目录（{synced}），个人信息会被上传", f"it lies in a folder that is synchronised ({synced})"
        yield warning("folder", said, ("移到本机其他目录", "move it to another folder of this machine"))
    if not os.access(folder, os.W_OK):
        yield problem("folder", ("目录不可写", "it cannot be written"), ("检查权限", "look at its permissions"))
    elif os.name == "posix" and folder.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        said = "其他用户可以进入任务目录", "other accounts may look into the campaign's folder"
        yield warning("folder", said, (f"chmod 700 {folder}", f"chmod 700 {folder}"))
    elif not synced:
        yield fine("folder", "可写，只有本人可见", "it can be written, and nobody else sees it")


def _workspace_file(path: Path) -> Iterator[Advice]:
    files = [file for file in (path, path.with_suffix(".key"), Path(f"{path}-wal")) if file.exists()]
    opened = [file.name for file in files if os.name == "posix" and file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)]
    if opened:
        names = " ".join(opened)
        yield warning("workspace", (f"其他用户可读：{names}", f"others may read {names}"), (f"chmod 600 {names}",) * 2)
    elif files:
        yield fine("workspace", "只有本人可读", "its owner alone may read it")
    else:
        yield fine("workspace", "尚未建立，首次核验时建立", "it is made by the first check")


def _server(campaign: Campaign) -> Iterator[Advice]:
    """Look at the server that keeps the workspace."""
    about = Workspace.of(campaign).name
    url = os.environ.get(str(campaign.workspace_url_env), "")
    if not url:
        said = "没有数据库地址", "there is no address"
        todo = (
            f"设置环境变量 {campaign.workspace_url_env}",
            f"set the environment variable {campaign.workspace_url_env}",
        )
        yield problem(about, said, todo)
        return
    try:
        engine = engines.make_engine(url, campaign.folder)
        with engine.connect() as connection:
            found = [*_clock(about, connection), *_settings(about, connection), *_privileges(about, connection)]
    except HousingGuaranteeError as error:
        yield problem(about, (str(error), str(error)), ("检查地址", "look at the address"))
    except engines.database_errors() as error:  # its words may hold the address
        code = engines.code_of(error) or type(getattr(error, "orig", None) or error).__name__
        todo = "检查地址、账号和网络", "look at its address, account and network"
        yield problem(about, (f"无法连接（{code}）", f"it cannot be reached ({code})"), todo)
    else:
        yield from found or [fine(about, "可以使用", "it can be used")]


def _clock(about: str, connection: Any) -> Iterator[Advice]:
    sql = "SELECT EXTRACT(EPOCH FROM now())" if connection.dialect.name == "postgresql" else "SELECT UNIX_TIMESTAMP()"
    apart = abs(float(connection.exec_driver_sql(sql).scalar()) - datetime.now(UTC).timestamp())
    if apart > _CLOCK:
        said = f"与本机时钟相差 {apart:.0f} 秒", f"its clock differs from this machine's by {apart:.0f} s"
        yield warning(about, said, ("校准时钟", "set the clocks"))


def _settings(about: str, connection: Any) -> Iterator[Advice]:
    """Look at what would change or lose a name: the encoding, and how what does not fit is taken."""
    if connection.dialect.name == "postgresql":
        encoding = connection.exec_driver_sql("SHOW server_encoding").scalar()
        if encoding != "UTF8":
            said = f"数据库编码为 {encoding}", f"the database is in {encoding}"
            yield problem(about, said, ("以 UTF8 编码新建数据库", "make a database in UTF8"))
        return
    charset, mode, engine = connection.exec_driver_sql(
        "SELECT @@character_set_database, @@GLOBAL.sql_mode, @@default_storage_engine"
    ).one()
    if charset != "utf8mb4":
        said = (
            f"数据库字符集为 {charset}，生僻字会变成问号",
            f"the database is in {charset}: rare characters turn into '?'",
        )
        todo = "ALTER DATABASE … CHARACTER SET utf8mb4"
        yield problem(about, said, (todo, todo))
    if "STRICT" not in mode:
        said = (
            "服务器不在严格模式；本程序的连接自行启用",
            "the server is not in strict mode; this program's connections are",
        )
        yield warning(about, said, ("建议设置 sql_mode=STRICT_ALL_TABLES", "sql_mode=STRICT_ALL_TABLES is advised"))
    if engine.lower() != "innodb":
        said = f"默认存储引擎为 {engine}，不能回滚", f"tables are made by {engine}, which cannot take anything back"
        yield problem(about, said, ("设置 default_storage_engine=InnoDB", "set default_storage_engine=InnoDB"))


def _privileges(about: str, connection: Any) -> Iterator[Advice]:
    """Look whether the account may make tables, by what the server says; nothing is made."""
    if connection.dialect.name == "postgresql":
        may = connection.exec_driver_sql("SELECT has_schema_privilege(current_schema(), 'CREATE')").scalar()
    else:
        granted = " ".join(row[0] for row in connection.exec_driver_sql("SHOW GRANTS"))
        may = "ALL PRIVILEGES" in granted or "CREATE" in granted
    if not may:
        said = "账号不能建表", "the account may not make tables"
        yield problem(about, said, ("授予建表权限", "grant it CREATE on the database"))
