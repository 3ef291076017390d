"""What can be wrong with a policy."""

from __future__ import annotations

from collections.abc import Sequence

from registry.kernel.errors import RegistryError


class PolicyError(RegistryError):
    """A policy that cannot be used.

    ``problems`` are sentences in Chinese, each naming the key or line it is about; ``origin`` is the
    name of the policy or file.
    """

    status = 422
    code = "policy_invalid"

    def __init__(self, origin: str, problems: Sequence[str]) -> None:
        self.origin = origin
        self.problems = tuple(problems)
        super().__init__(
            "规则“%(origin)s”有问题：%(problems)s",
            rule="R30",
            origin=origin,
            problems="；".join(self.problems),
        )
