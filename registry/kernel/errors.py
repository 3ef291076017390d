"""One family of errors. Each becomes a page or a problem+json at the edge.

``message`` is a Chinese gettext msgid that may hold ``%(name)s`` places, filled from ``params`` after
translation. It says what is wrong and what to do next.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from registry.kernel.refusals import Refusal


class RegistryError(Exception):
    """Base of all errors that a person is told about. ``status`` is the HTTP status at the edge."""

    status = 500
    code = "error"

    def __init__(
        self, message: str, *, code: str | None = None, rule: str | None = None, **params: str
    ) -> None:
        super().__init__(message % params if params else message)
        self.message = message
        self.params: Mapping[str, str] = params
        self.rule = rule
        if code is not None:
            self.code = code


class NotFound(RegistryError):
    """No such record, or none that this actor may know of."""

    status = 404
    code = "not_found"


class PasswordDue(RegistryError):
    """The password was given out by somebody else and is to be changed first."""

    status = 403
    code = "password_due"


class Forbidden(RegistryError):
    """The actor may not do this."""

    status = 403
    code = "forbidden"


class NotSignedIn(RegistryError):
    """The session is over or never was; the edge leads to the sign-in page and back."""

    status = 401
    code = "not_signed_in"


class Conflict(RegistryError):
    """The record moved on meanwhile; the message says what happened instead."""

    status = 409
    code = "conflict"


class TooLarge(RegistryError):
    """An upload over the limit."""

    status = 413
    code = "too_large"


class TooMany(RegistryError):
    """Too many tries; ``retry_after`` seconds until the next."""

    status = 429
    code = "too_many"

    def __init__(self, message: str, *, retry_after: int, **params: str) -> None:
        super().__init__(message, **params)
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field of a form: its name (``teachers-0-name``), msgid and params."""

    field: str
    message: str
    params: Mapping[str, str] = dataclasses.field(default_factory=dict)


class Invalid(RegistryError):
    """Input that cannot be taken, field by field."""

    status = 422
    code = "invalid"

    def __init__(
        self, message: str = "请改正下列各项后再提交", *, fields: Sequence[FieldError] = (), **params: str
    ) -> None:
        super().__init__(message, **params)
        self.fields = tuple(fields)


class RuleRefusal(RegistryError):
    """A rule of the book (``rule`` = "R22") stands against the act.

    ``refusals`` holds every reason with its remedy, the first one makes the message.
    """

    status = 422
    code = "refused"
    refusals: tuple[Refusal, ...] = ()

    @classmethod
    def of(cls, *refusals: Refusal) -> RuleRefusal:
        """The error for one or more refusals of pure rules. Raises ValueError for none."""
        if not refusals:
            raise ValueError("no refusal given")
        first = refusals[0]
        error = cls(f"{first.message}。{first.remedy}", code=first.code, rule=first.rule, **first.params)
        error.refusals = refusals
        return error


class Unavailable(RegistryError):
    """A part the system needs (database, object store) does not answer now; nothing was lost."""

    status = 503
    code = "unavailable"
