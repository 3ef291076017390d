"""Acting on many applications that were ticked in the queue: each by an act of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence

from litestar import Response

from registry.review import queries
from registry.review.queries import QueueRow
from registry.web.bureau.asking import attempt, said
from registry.web.components.forms import Form
from registry.web.components.i18n import N_
from registry.web.components.requests import Req, actor_of, day_of, redirect, words_of

PATH = "/bureau/applications"
MOST_AT_ONCE = 100
_NAMED = 10


async def chosen_of(request: Req, form: Form) -> list[QueueRow]:
    """The ticked applications that the reader may see, at most ``MOST_AT_ONCE``; nonsense is left out."""
    ids = [
        int(value)
        for value in form.values("application")
        if value.isascii() and value.isdigit() and len(value) < 10
    ]
    return await queries.by_ids(actor_of(request), ids[:MOST_AT_ONCE], day_of(request))


async def act_on_each(
    request: Req,
    form: Form,
    chosen: Sequence[QueueRow],
    fit: Collection[int],
    act: Callable[[int], Awaitable[object]],
    *,
    all_done: str,
    some_done: str,
) -> Response[str]:
    """Do ``act`` on those in ``fit``, and say in the queue how many were done and whose were left out.

    ``all_done`` names ``%(done)s``, ``some_done`` also ``%(left)s``.
    """
    done, left_out = 0, []
    for one in chosen:
        if one.id in fit and await attempt(form, act(one.id)) is None:
            done += 1
        else:
            left_out.append(one.name)
    back = f"{PATH}?state=mine"
    if not left_out:
        return redirect(back, flash=said(request, all_done, done=done))
    left = words_of(request).gettext(N_("、")).join(left_out[:_NAMED])
    return redirect(back, kind="warning", flash=said(request, some_done, done=done, left=left))
