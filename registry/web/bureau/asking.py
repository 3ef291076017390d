"""What the bureau's controllers read from a request, and how a refused act is shown where it was tried."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable
from typing import Any, Literal, TypeVar

from registry.kernel.errors import Conflict, Invalid, RegistryError, RuleRefusal
from registry.web.components.forms import Form
from registry.web.components.i18n import Translator
from registry.web.components.requests import Req, words_of

T = TypeVar("T", bound=str)


def number_in(request: Req, key: str) -> int | None:
    """A positive whole number from the address, None for nothing or nonsense."""
    text = str(request.query_params.get(key, ""))
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None


def choice_in(request: Req, key: str, allowed: Iterable[T]) -> T | Literal[""]:
    """One of ``allowed`` from the address, "" for anything else."""
    text = str(request.query_params.get(key, ""))
    return next((one for one in allowed if one == text), "")


def text_in(request: Req, key: str, longest: int = 100) -> str:
    """Text from the address, without control characters and cut to ``longest``."""
    return "".join(c for c in str(request.query_params.get(key, "")) if c.isprintable())[:longest].strip()


def query_of(request: Req) -> list[tuple[str, str]]:
    """The address's query as pairs, for ``Listing``."""
    return [(str(key), str(value)) for key, value in request.query_params.multi_items()]


async def attempt(form: Form, act: Awaitable[Any]) -> RegistryError | None:
    """Await a command; None where it was done.

    Invalid becomes errors at the form's fields. A rule's refusal (R13 …) and a record that moved on are given
    back, to be shown in a panel above what was typed. Anything else is raised.
    """
    try:
        await act
    except Invalid as error:
        for wrong in error.fields:
            form.fail(wrong.field, wrong.message, **wrong.params)
        if not error.fields:
            form.fail("", error.message, **error.params)
        return error
    except (RuleRefusal, Conflict) as error:
        return error
    return None


def panel_of(error: RegistryError | None, words: Translator) -> dict[str, Any] | None:
    """A refusal as the panel of a page: every reason with its remedy and rule; None for no or a field error."""
    if error is None or isinstance(error, Invalid):
        return None
    reasons = [
        {
            "text": words.gettext(one.message, **one.params),
            "remedy": words.gettext(one.remedy, **one.params),
            "rule": one.rule,
        }
        for one in getattr(error, "refusals", ())
    ] or [{"text": words.gettext(error.message, **error.params), "remedy": "", "rule": error.rule or ""}]
    return {"reasons": reasons, "stale": isinstance(error, Conflict), "code": error.code}


def status_of(error: RegistryError | None) -> int:
    """The status of a page that shows ``error``."""
    return 200 if error is None else error.status


def said(request: Req, message: str, **params: object) -> str:
    """A sentence in the reader's language, for ``redirect(flash=…)``."""
    return words_of(request).gettext(message, **params)
