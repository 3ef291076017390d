"""What vetting takes from a policy."""

from __future__ import annotations

from registry.policies import Policy
from vetting.model import Severity, VettingPolicy


def vetting_policy(policy: Policy) -> VettingPolicy:
    """The part of a policy that vetting needs (R30)."""
    return VettingPolicy(
        required_materials=policy.required_documents,
        categories=policy.categories,
        severities={code: Severity(str(severity)) for code, severity in policy.finding_severities.items()},
        per_teacher=policy.documents_per_teacher,
    )
