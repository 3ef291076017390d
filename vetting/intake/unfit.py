"""How the child says that a file is not taken."""

from __future__ import annotations


class Unfit(Exception):
    """The file is not taken; ``code`` is one of :data:`vetting.intake.refusals.CODES`."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
