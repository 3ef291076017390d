"""Joining a running demo from another process."""

from __future__ import annotations

from pathlib import Path

from registry.entrypoints.attach import take_over
from registry.kernel.errors import RegistryError
from registry.settings import Mode, get_settings


def join(data_dir: Path) -> str:
    """Take over the settings of the demo running on ``data_dir``; returns its address.

    Raises NotRunning, and RegistryError for a production system: it knows no demo.
    """
    take_over(data_dir)
    settings = get_settings()
    if settings.mode is not Mode.DEMO:
        raise RegistryError("这是正式系统,没有演示功能")
    return settings.public_url or f"http://{settings.host}:{settings.port}"
