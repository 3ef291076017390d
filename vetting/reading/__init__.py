"""Pages out: what stands on each page, whether it came as text or as a picture."""

from vetting.reading.engine import EngineFailed, OcrEngine
from vetting.reading.pages import Known
from vetting.reading.reader import ApplicationReader, read_file

__all__ = ["ApplicationReader", "EngineFailed", "Known", "OcrEngine", "read_file"]
