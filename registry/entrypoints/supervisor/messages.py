"""What the supervisor says when something is in the way: Chinese first, English below, and what to do."""

from __future__ import annotations

from enum import Enum


class Message(Enum):
    """A message in two languages; `{names}` are filled by `CannotStart`."""

    PORT_BUSY = (
        "端口 {port} 已被占用，系统没有启动。请换一个端口：make run PORT={other}（或 registry up --port {other}）",
        "Port {port} is in use; nothing was started. Name another: make run PORT={other} "
        "(or registry up --port {other})",
    )
    ADDRESS_REFUSED = (
        "不能在 {host}:{port} 上监听（{reason}），系统没有启动。请用 --host 和 --port 换一个地址。",
        "Cannot listen on {host}:{port} ({reason}); nothing was started. Name another with --host and --port.",
    )
    ALREADY_RUNNING = (
        "数据目录 {folder} 上已有一个系统在运行（进程 {pid}，{url}）。请先停止它，或用 --data-dir 另选目录。",
        "A system is already running on {folder} (process {pid}, {url}). Stop it first, or name another "
        "folder with --data-dir.",
    )
    FOLDER_REFUSED = (
        "不能使用数据目录 {folder}（{reason}）。请用创建它的用户运行，或用 --data-dir 另选目录。",
        "The data folder {folder} cannot be used ({reason}). Run as the user who made it, or name another "
        "with --data-dir.",
    )
    OTHER_MODE = (
        "数据目录 {folder} 属于{kept}模式，不能按{asked}模式启动。请用 --data-dir 另选目录。",
        "The data folder {folder} belongs to {kept} mode and cannot be started in {asked} mode. Name another "
        "with --data-dir.",
    )
    NO_USER = (
        "PostgreSQL 不能以 root 身份运行，而本机没有 postgres 或 nobody 用户。请用普通用户运行。",
        "PostgreSQL does not run as root, and there is no user postgres or nobody. Run as an ordinary user.",
    )
    UNREACHABLE = (
        "用户 {user} 到不了 {folder}。请用普通用户运行，或用 --data-dir 另选目录（例如 /srv/registry）。",
        "User {user} cannot reach {folder}. Run as an ordinary user, or name a folder such as /srv/registry "
        "with --data-dir.",
    )
    NOT_READY = (
        "{name} 没有在 {seconds} 秒内就绪，系统已停止。原因见 {log}：\n{tail}",
        "{name} was not ready within {seconds} seconds; everything was stopped. See {log}:\n{tail}",
    )
    STEP_FAILED = (
        "{name} 失败（退出码 {status}），系统已停止。原因见 {log}：\n{tail}",
        "{name} failed (status {status}); everything was stopped. See {log}:\n{tail}",
    )
    NOT_OURS = (
        "{folder} 不像本系统的数据目录，没有删除任何文件。",
        "{folder} does not look like a data folder of this system; nothing was deleted.",
    )
    PRODUCTION_DATA = (
        "{folder} 是正式数据，没有删除。确要删除请加 --yes-delete-production-data。",
        "{folder} holds production data and was not deleted. To delete it add --yes-delete-production-data.",
    )

    @property
    def chinese(self) -> str:
        """The Chinese text, unfilled."""
        return self.value[0]

    @property
    def english(self) -> str:
        """The English text, unfilled."""
        return self.value[1]
