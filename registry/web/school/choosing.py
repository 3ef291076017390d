"""From looking to choosing: the shortlist with notes, candidates side by side, the record of the choice."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from registry.contracts import served
from registry.contracts.choosing import choices, shortlist
from registry.contracts.choosing.choices import Candidate, Draft, Way
from registry.evaluations.ratings import ratings
from registry.kernel.actor import Actor
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotFound
from registry.policies.vocabulary import CATEGORY_NAMES
from registry.schools import queries as schools
from registry.web.components.forms import Form, filled
from registry.web.components.i18n import N_
from registry.web.components.requests import Req, actor_of, page, read_form, redirect, words_of
from registry.web.school.shown import show_errors
from registry.whitelist import queries as whitelist
from registry.whitelist.queries import EntryView

_SCHOOL = {"permission": "contract.draft"}
_SIDE_BY_SIDE = 4


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _asked_entries(request: Req, most: int) -> list[int]:
    given = (_number(text) for text in request.query_params.getall("entry", []))
    return list(dict.fromkeys(one for one in given if one is not None))[:most]


def _school_of(actor: Actor, form: Form) -> int:
    """The school meant: the one named, or the only one. Raises NotFound for another."""
    ids = sorted(actor.school_ids)
    asked = _number(form.value("school")) if form.value("school") else (ids[0] if ids else None)
    if asked is None or asked not in ids:
        raise NotFound("没有找到这所学校")
    return asked


async def _entries(entry_ids: list[int], actor: Actor) -> list[EntryView]:
    """Some entries of lists that serve the actor's schools, in the order given; others are left out."""
    serving = {one.id for one in await schools.lists_serving(actor.school_ids)}
    found = {one.id: one for one in await whitelist.entries_by_id(entry_ids, await today())}
    return [found[one] for one in entry_ids if one in found and found[one].list_id in serving]


@get("/school/shortlist", opt=_SCHOOL)
async def shortlist_page(request: Req) -> Response[str]:
    """The providers that the school looks at more closely."""
    actor = actor_of(request)
    kept = await shortlist.items(actor.school_ids)
    entries = {one.id: one for one in await _entries([one.entry_id for one in kept], actor)}
    return await page(
        request, "school/shortlist.html.j2", form=filled({f"note-{k.entry_id}": k.note for k in kept}),
        rows=[(one, entries[one.entry_id]) for one in kept if one.entry_id in entries], most=_SIDE_BY_SIDE,
        note_length=shortlist.NOTE_LENGTH, category_names=CATEGORY_NAMES,
        schools={one.id: one.name for one in await schools.by_ids(actor.school_ids)},
    )  # fmt: skip


@post("/school/shortlist", opt=_SCHOOL, status_code=200)
async def shortlist_add(request: Req) -> Response[str]:
    """Put a provider on the shortlist."""
    form, actor = (await read_form(request)).form, actor_of(request)
    entry_id = _number(form.value("entry"))
    if entry_id is None:
        raise NotFound("没有找到这家机构")
    await shortlist.add(actor, _school_of(actor, form), entry_id)
    return redirect("/school/shortlist", flash=words_of(request).gettext(N_("已加入备选单")))


@post("/school/shortlist/{entry_id:int}/note", opt=_SCHOOL, status_code=200)
async def shortlist_note(request: Req, entry_id: FromPath[int]) -> Response[str]:
    """Keep the school's note on a provider."""
    form, actor = (await read_form(request)).form, actor_of(request)
    note = form.text(
        f"note-{entry_id}", N_("备注"), max_length=shortlist.NOTE_LENGTH, required=False, multiline=True
    )
    await shortlist.write_note(actor, _school_of(actor, form), entry_id, note)
    return redirect("/school/shortlist", flash=words_of(request).gettext(N_("备注已保存")))


@post("/school/shortlist/{entry_id:int}/remove", opt=_SCHOOL, status_code=200)
async def shortlist_remove(request: Req, entry_id: FromPath[int]) -> Response[str]:
    """Take a provider off the shortlist."""
    form, actor = (await read_form(request)).form, actor_of(request)
    await shortlist.remove(actor, _school_of(actor, form), entry_id)
    return redirect("/school/shortlist", flash=words_of(request).gettext(N_("已从备选单移出")))


@get("/school/compare", opt=_SCHOOL)
async def compare(request: Req) -> Response[str]:
    """Up to four providers side by side."""
    as_of = await today()
    actor = actor_of(request)
    entries = await _entries(_asked_entries(request, _SIDE_BY_SIDE), actor)
    ids = [one.id for one in entries]
    kept = await shortlist.items(actor.school_ids)
    return await page(
        request, "school/compare.html.j2", entries=entries, most=_SIDE_BY_SIDE, category_names=CATEGORY_NAMES,
        courses=await whitelist.courses_of(ids), rated=await ratings(ids, as_of),
        facts=await whitelist.provider_facts(ids), schools_served=await served.schools_by_entry(ids, as_of),
        notes={one.entry_id: one.note for one in kept if one.note and one.entry_id in ids},
    )  # fmt: skip


@get("/school/choices", opt=_SCHOOL)
async def choices_page(request: Req) -> Response[str]:
    """The recorded choices, the latest first."""
    return await page(
        request, "school/choices.html.j2", rows=await choices.choices(actor_of(request).school_ids)
    )


@get("/school/choices/new", opt=_SCHOOL)
async def choice_form(request: Req) -> Response[str]:
    """Write a choice down; the candidates are those asked for, else those on the shortlist."""
    actor = actor_of(request)
    ids = _asked_entries(request, choices.MOST_CANDIDATES)
    kept = await shortlist.items(actor.school_ids)
    ids = ids or [one.entry_id for one in kept][: choices.MOST_CANDIDATES]
    notes = {one.entry_id: one.note for one in kept}
    values: dict[str, object] = {"entry": [str(one) for one in ids], "decided_on": await today()}
    return await _choice(
        request, filled(values | {f"remark-{one}": notes.get(one, "")[:500] for one in ids}), 200
    )


async def _choice(request: Req, form: Form, status: int) -> Response[str]:
    actor, words = actor_of(request), words_of(request)
    ids = [one for one in (_number(text) for text in form.values("entry")) if one is not None]
    entries = await _entries(list(dict.fromkeys(ids))[: choices.MOST_CANDIDATES], actor)
    return await page(
        request, "school/choice_new.html.j2", status_code=status, form=form, entries=entries,
        schools=[(str(one.id), one.name) for one in await schools.by_ids(actor.school_ids)],
        ways=[(way.value, words.gettext(way.zh)) for way in Way],
        outcomes=[(str(one.id), one.name) for one in entries] + [("none", words.gettext(N_("都没有选定")))],
    )  # fmt: skip


@post("/school/choices/new", opt=_SCHOOL, status_code=200)
async def choice_record(request: Req) -> Response[str]:
    """Record the choice; it cannot be changed afterwards."""
    form, actor = (await read_form(request)).form, actor_of(request)
    draft = _read(form)
    if draft is None:
        return await _choice(request, form, 422)
    try:
        choice_id = await choices.record(actor, _school_of(actor, form), draft)
    except Invalid as error:
        show_errors(form, error)
        return await _choice(request, form, 422)
    return redirect(f"/school/choices/{choice_id}", flash=words_of(request).gettext(N_("选择经过已记录")))


def _read(form: Form) -> Draft | None:
    ids = list(
        dict.fromkeys(one for one in (_number(text) for text in form.values("entry")) if one is not None)
    )
    need = form.text("need", N_("服务需求"), max_length=200)
    way = form.choice("way", N_("评议方式"), [one.value for one in Way])
    participants = form.text("participants", N_("参加评议的人员"), max_length=500, required=False)
    decided_on = form.date("decided_on", N_("决定日期"))
    chosen = form.choice("chosen", N_("选定的机构"), [*(str(one) for one in ids), "none"])
    reasons = form.text("reasons", N_("选定或都不选定的理由"), max_length=3000, multiline=True)
    remarks = [
        Candidate(
            one, form.text(f"remark-{one}", N_("评议意见"), max_length=500, required=False, multiline=True)
        )
        for one in ids
    ]
    if form.errors or decided_on is None:
        return None
    return Draft(
        need, next(one for one in Way if one.value == way), participants, reasons, decided_on, remarks,
        None if chosen == "none" else int(chosen),
    )  # fmt: skip


@get("/school/choices/{choice_id:int}", opt=_SCHOOL)
async def choice_page(request: Req, choice_id: FromPath[int]) -> Response[str]:
    """A recorded choice, to show and to print."""
    choice: Any = await choices.get_choice(actor_of(request), choice_id)
    may_sign = choice.chosen is not None and (await whitelist.get_entry(choice.chosen, await today())).active
    return await page(
        request,
        "school/choice.html.j2",
        choice=choice,
        may_sign=may_sign,
        home="/school/choices",
        contracts=True,
    )


HANDLERS = [
    shortlist_page, shortlist_add, shortlist_note, shortlist_remove, compare, choices_page, choice_form, choice_record,
    choice_page,
]  # fmt: skip
