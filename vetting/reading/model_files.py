"""Where the models are and which they are, without loading them."""

from __future__ import annotations

import functools
import hashlib
from importlib import metadata, util
from pathlib import Path

_NAMES = ("PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx")


def model_path(part: str) -> Path:
    """Path of the ``det`` or ``rec`` model inside the installed rapidocr package."""
    spec = util.find_spec("rapidocr")
    if spec is None or spec.origin is None:
        raise RuntimeError("rapidocr is not installed")
    name = next(name for name in _NAMES if f"_{part}_" in name)
    return Path(spec.origin).parent / "models" / name


@functools.cache
def models_version() -> str:
    """Name the software and the exact model files, so that cached readings know what made them."""
    digest = hashlib.sha256()
    for part in ("det", "rec"):
        digest.update(model_path(part).read_bytes())
    return f"rapidocr-{metadata.version('rapidocr')}-{digest.hexdigest()[:12]}"
