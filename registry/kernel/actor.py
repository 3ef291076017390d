"""Who acts."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What an account may be. One account holds roles at organisations, through memberships."""

    PROVIDER = "provider"
    REVIEWER = "reviewer"
    APPROVER = "approver"
    BUREAU_ADMIN = "bureau_admin"
    SCHOOL = "school"
    AUDITOR = "auditor"
    OPERATOR = "operator"
    PUBLIC = "public"
    SYSTEM = "system"


OFFICIALS = (Role.REVIEWER, Role.APPROVER, Role.BUREAU_ADMIN, Role.AUDITOR)
"""Who belongs to a bureau; all of them read its files, each does what its role allows (R13)."""


@dataclass(frozen=True, slots=True)
class Membership:
    """A role at one organisation; exactly one id is set for provider, school and bureau roles."""

    role: Role
    bureau_id: int | None = None
    provider_id: int | None = None
    school_id: int | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """An account with its memberships, the public, or the system (jobs, with the job's name)."""

    account_id: int | None
    name: str
    memberships: tuple[Membership, ...] = field(default=())
    system: bool = False

    @classmethod
    def for_system(cls, job: str) -> Actor:
        """The actor of a job; ``job`` is recorded in the event."""
        return cls(account_id=None, name=job, memberships=(Membership(Role.SYSTEM),), system=True)

    @classmethod
    def public(cls) -> Actor:
        """Somebody who did not sign in."""
        return cls(account_id=None, name="", memberships=(Membership(Role.PUBLIC),))

    @property
    def roles(self) -> frozenset[Role]:
        """All roles this actor holds anywhere."""
        return frozenset(m.role for m in self.memberships)

    def has(self, role: Role, *, bureau_id: int | None = None) -> bool:
        """Whether the actor holds ``role`` (at that bureau, if given)."""
        return any(
            m.role is role and (bureau_id is None or m.bureau_id == bureau_id) for m in self.memberships
        )

    def bureau_ids(self, *roles: Role) -> frozenset[int]:
        """The bureaux at which the actor holds one of ``roles`` (any role if none is named)."""
        return frozenset(
            m.bureau_id
            for m in self.memberships
            if m.bureau_id is not None and (not roles or m.role in roles)
        )

    @property
    def provider_ids(self) -> frozenset[int]:
        """The providers this actor belongs to."""
        return frozenset(m.provider_id for m in self.memberships if m.provider_id is not None)

    @property
    def school_ids(self) -> frozenset[int]:
        """The schools this actor belongs to."""
        return frozenset(m.school_id for m in self.memberships if m.school_id is not None)
