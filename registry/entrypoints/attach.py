"""Joining a running system from another process: the supervisor leaves its settings in the data folder."""

from __future__ import annotations

import json
import os
from pathlib import Path

from registry.entrypoints.supervisor.folder import ENVIRONMENT_FILE
from registry.kernel.errors import RegistryError
from registry.settings import get_settings


class NotRunning(RegistryError):
    """No system runs on this data folder."""

    code = "not_running"


def take_over(data_dir: Path) -> None:
    """Take over the settings of the system running on ``data_dir``, demo or not.

    An environment that already names a database is left as it is. Raises NotRunning where there is none.
    """
    if "REGISTRY_DATABASE_URL" not in os.environ:
        try:
            found = json.loads((data_dir / ENVIRONMENT_FILE).read_text())
        except (OSError, ValueError) as error:
            raise NotRunning(
                "在 %(folder)s 上没有找到运行中的系统，请先运行 make run（另选目录用 --data-dir）",
                folder=str(data_dir),
            ) from error
        os.environ.update({str(k): str(v) for k, v in found.items() if str(k).startswith("REGISTRY_")})
        get_settings.cache_clear()
    os.environ.setdefault("PICCOLO_CONF", "registry.piccolo_conf")
