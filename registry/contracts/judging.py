"""Gathering what signing and serving depend on, and judging it (R22–R24, R32)."""

from __future__ import annotations

from datetime import date

from registry.contracts.people import people_counts
from registry.contracts.records import Contract
from registry.contracts.rules import SigningFacts, TownshipConsent, service_refusals, signing_refusals
from registry.jurisdictions.queries import get_list
from registry.kernel.db import row, rows
from registry.kernel.refusals import Refusal
from registry.policies import Policy
from registry.policies.vocabulary import Precondition
from registry.schools.queries import serves
from registry.whitelist.queries import status, status_at_start

# What a school has to settle before it offers; the rest can be done while the provider looks at the contract.
_LEFT_FOR_SIGNING = frozenset(
    {
        "nobody_named",
        "people_uncleared",
        "people_off_roster",
        "school_not_confirmed",
        "provider_not_confirmed",
        "scan_missing",
    }
)
_ABOUT_TERMS = frozenset(
    {
        "list_does_not_serve_school",
        "signed_after_start",
        "term_not_allowed",
        "category_not_listed",
        "not_covered",
    }
)


async def policy_in_force(contract: Contract) -> Policy:
    """The policy of the list's bureau that is in force now: the one a signature freezes (R30)."""
    return (await get_list(contract.list_id)).policy


async def signing_facts(
    contract: Contract, policy: Policy, as_of: date, *, provider_confirms: bool
) -> SigningFacts:
    """What signing depends on as of a day; under the lock of ``records.lock`` when it decides something."""
    entry = await row("SELECT categories, ends_on FROM entry WHERE id = {}", contract.entry_id)
    assert entry is not None
    people = await people_counts(contract.id, as_of, policy.contract.clearance_months)
    recorded = await rows("SELECT kind FROM contract_precondition WHERE contract = {}", contract.id)
    return SigningFacts(
        status=await status(contract.entry_id, as_of),
        status_at_start=await status_at_start(contract.entry_id, contract.starts_on, as_of),
        list_serves_school=await serves(contract.list_id, contract.school_id),
        category=contract.category,
        entry_categories=frozenset(entry["categories"]),
        entry_ends_on=entry["ends_on"],
        starts_on=contract.starts_on,
        ends_on=contract.ends_on,
        max_years=policy.contract.max_years,
        preconditions=required_preconditions(policy),
        met=frozenset(one["kind"] for one in recorded),
        people_named=people.named,
        people_uncleared=people.uncleared,
        people_off_roster=people.off_roster,
        school_confirmed=contract.school_confirmed_by is not None,
        provider_confirmed=provider_confirms,
        scan_stored=contract.scan is not None,
        township=_township(contract),
        township_share=policy.contract.township_parents_fraction,
    )


def required_preconditions(policy: Policy) -> dict[str, str]:
    """What the policy asks a school to record before signing, with Chinese names.

    That the people are cleared follows from the people the contract names, for every policy (R32).
    """
    return {
        one.value: one.zh for one in policy.contract.preconditions if one is not Precondition.PEOPLE_CLEARED
    }


def _township(contract: Contract) -> TownshipConsent | None:
    if not contract.township:
        return None
    return TownshipConsent(
        contract.committee_applied, contract.parents_signed or 0, contract.parents_asked or 0
    )


async def against_signing(contract: Contract, as_of: date) -> tuple[Refusal, ...]:
    """What stands against the provider's signature on ``as_of``, under the policy in force then."""
    policy = await policy_in_force(contract)
    return signing_refusals(await signing_facts(contract, policy, as_of, provider_confirms=True), as_of)


async def against_offering(contract: Contract, as_of: date) -> tuple[Refusal, ...]:
    """What the school has to settle before it offers the contract."""
    found = await against_signing(contract, as_of)
    return tuple(one for one in found if one.code not in _LEFT_FOR_SIGNING)


async def against_terms(contract: Contract, as_of: date) -> tuple[Refusal, ...]:
    """What stands against the terms themselves: provider, category, days."""
    found = await against_signing(contract, as_of)
    return tuple(one for one in found if one.code in _ABOUT_TERMS or one.code.startswith("entry_"))


async def against_service(contract: Contract, as_of: date) -> tuple[Refusal, ...]:
    """What stands against service on ``as_of`` (R22)."""
    entry = await row("SELECT categories FROM entry WHERE id = {}", contract.entry_id)
    assert entry is not None
    return service_refusals(
        await status(contract.entry_id, as_of),
        list_serves_school=await serves(contract.list_id, contract.school_id),
        category=contract.category,
        entry_categories=frozenset(entry["categories"]),
    )
