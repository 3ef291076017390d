"""Accounts, what they may be, and their sessions."""

from __future__ import annotations

from piccolo.columns import Boolean, ForeignKey, Integer, Serial, Varchar
from piccolo.columns.base import OnDelete
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from registry.kernel.actor import Role
from registry.kernel.columns import instant, one_of, reference, sealed


class Account(Table, tablename="account"):
    """Somebody who signs in. ``password`` is an argon2id hash; the contact is sealed.

    ``password_due``: somebody else knows the password (it was given out), so it is changed before anything else.
    """

    id = Serial(primary_key=True)
    login = Varchar(length=80, unique=True)
    display_name = Varchar(length=80)
    password = Varchar(length=200)
    contact_sealed = sealed()
    active = Boolean(default=True)
    password_due = Boolean(default=False)
    failed_tries = Integer(default=0)
    locked_until = instant(null=True)
    created_at = instant()


class MembershipRow(Table, tablename="membership"):
    """A role of an account at one organisation.

    The organisations lie in rooms above this one, so their foreign keys stand with the guards
    (``registry_0002_guards.py``).
    """

    id = Serial(primary_key=True)
    account = reference(Account)
    role = Varchar(length=20)
    bureau = Integer(null=True, default=None, index=True)
    provider = Integer(null=True, default=None, index=True)
    school = Integer(null=True, default=None, index=True)

    known_role = one_of("role", Role)
    one_organisation = Check("num_nonnulls(bureau, provider, school) <= 1")
    right_organisation = Check(
        "(role = 'provider') = (provider IS NOT NULL) AND (role = 'school') = (school IS NOT NULL)"
        " AND (role IN ('reviewer', 'approver', 'bureau_admin')) <= (bureau IS NOT NULL)"
    )
    membership_once = Unique([account, role, bureau, provider, school], nulls_distinct=False)


class Session(Table, tablename="session"):
    """A signed-in browser. Only the hash of its token is stored; it ends by itself (real time)."""

    token_hash = Varchar(length=64, primary_key=True)
    account = ForeignKey(
        references=Account, on_delete=OnDelete.restrict, null=False, default=None, index=True
    )
    csrf = Varchar(length=64)
    created_at = instant()
    seen_at = instant()
    expires_at = instant()
