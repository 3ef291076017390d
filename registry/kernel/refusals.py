"""What stands against an act: the rule, why, and who can do what about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason against an act.

    ``code`` is stable, ``rule`` names the rule (``R22``). ``message`` says what stands against it and
    ``remedy`` who can do what; both are Chinese gettext msgids whose ``%(name)s`` places ``params`` fill.
    """

    code: str
    rule: str
    message: str
    remedy: str
    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The Chinese sentence with its places filled."""
        return self.message % self.params if self.params else self.message

    @property
    def remedy_text(self) -> str:
        """The Chinese remedy with its places filled."""
        return self.remedy % self.params if self.params else self.remedy
