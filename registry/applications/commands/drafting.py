"""Starting an application and saving its form."""

from __future__ import annotations

from asyncpg.exceptions import UniqueViolationError

from registry.applications.commands.loading import (
    Locked,
    lock_own,
    not_now,
    require_open,
    require_time_to_correct,
)
from registry.applications.completeness import FORM_ITEMS
from registry.applications.form import ApplicationForm, open_form
from registry.applications.tables import Application
from registry.kernel import events
from registry.kernel.actor import Actor
from registry.kernel.clock import real_now, today
from registry.kernel.db import row, rows, transaction
from registry.kernel.errors import Conflict, FieldError, Forbidden, Invalid
from registry.providers import queries as providers
from registry.rounds import queries as rounds


async def start(actor: Actor, round_id: int, provider_id: int | None = None) -> int:
    """Begin an application in a round, or give the live one there is (R5); returns its id.

    ``provider_id`` may be left out by an actor of one provider. Raises Forbidden for a provider that is not
    the actor's, Invalid where it must be chosen, RuleRefusal (R5) where the round is not open.
    """
    chosen = _chosen_provider(actor, provider_id)
    live = await _live(chosen, round_id)
    if live is not None:
        return live
    require_open(await rounds.get(round_id), await today())
    form = ApplicationForm.of_provider(await providers.facts(chosen))
    try:
        async with transaction():
            made = Application(
                round=round_id,
                provider=chosen,
                name=form.name,
                categories=[],
                correction_items=[],
                form_sealed=form.sealed(),
                created_at=real_now(),
            )
            await made.save()
            application_id = int(made.id)
            await events.record(
                actor,
                subject="application",
                subject_id=application_id,
                action="start",
                chains=(events.provider_chain(chosen),),
                to_state="draft",
                data={"round": round_id},
            )
    except UniqueViolationError:
        # Two windows at once: the other one has begun it.
        live = await _live(chosen, round_id)
        if live is None:
            raise
        return live
    return application_id


def _chosen_provider(actor: Actor, provider_id: int | None) -> int:
    if provider_id is None:
        if len(actor.provider_ids) != 1:
            raise Invalid(fields=[FieldError("provider", "请选择以哪个机构申报")])
        return next(iter(actor.provider_ids))
    if provider_id not in actor.provider_ids:
        raise Forbidden("您的账号不属于这个机构")
    return provider_id


async def _live(provider_id: int, round_id: int) -> int | None:
    found = await row(
        "SELECT id FROM application WHERE provider = {} AND round = {} AND state NOT IN ('withdrawn', 'rejected')",
        provider_id,
        round_id,
    )
    return int(found["id"]) if found else None


async def save_form(actor: Actor, application_id: int, form: ApplicationForm, version: int) -> int:
    """Save the working copy of the form over ``version``; returns the new version.

    Saving the same content again is fine. Raises Conflict (``stale_form``) where somebody saved meanwhile:
    nothing is overwritten, the caller keeps what was typed. Raises Conflict where the form cannot be
    edited now, RuleRefusal (R5) after a correction's deadline.
    """
    as_of = await today()
    async with transaction():
        found = await lock_own(actor, application_id)
        _require_editable(found)
        if found.state == "correction":
            require_time_to_correct(found, as_of)
        if open_form(found.form_sealed) == form:
            return found.form_version
        if found.form_version != version:
            raise Conflict(
                "这份申请表在您填写期间已在别处保存过。您填写的内容仍在本页，没有丢失；"
                "请核对后选择用本页内容覆盖，或查看已保存的内容",
                code="stale_form",
            )
        await rows(
            "UPDATE application SET form_sealed = {}, form_version = form_version + 1,"
            " name = CASE WHEN state = 'draft' THEN {} ELSE name END WHERE id = {}",
            form.sealed(),
            form.name,
            application_id,
        )
        await events.record(
            actor,
            subject="application",
            subject_id=application_id,
            action="save_form",
            chains=(events.provider_chain(found.provider_id),),
            data={"version": version + 1},
        )
    return version + 1


def _require_editable(found: Locked) -> None:
    if found.state == "draft":
        return
    if found.state != "correction":
        raise not_now(found, "修改申请表")
    if not FORM_ITEMS & set(found.correction_items):
        raise Conflict("本次补正不涉及申请表，只能修改退回时列出的材料", code="not_asked_for")
