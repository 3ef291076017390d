"""An uploaded file as a file on disk, for as long as it is looked at."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from litestar.datastructures import UploadFile


@asynccontextmanager
async def spooled(upload: UploadFile) -> AsyncIterator[Path]:
    """The upload's bytes under a name of ours in a private folder that is gone afterwards.

    The name that the sender gave is never part of the path.
    """
    folder = await asyncio.to_thread(tempfile.mkdtemp, prefix="registry-upload-")
    try:
        path = Path(folder) / "upload"
        await asyncio.to_thread(_copy, upload, path)
        yield path
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


def _copy(upload: UploadFile, path: Path) -> None:
    upload.file.seek(0)
    with path.open("wb") as target:
        shutil.copyfileobj(upload.file, target, 1024 * 1024)
