"""Messages to people: shown when they sign in, and mailed where a mail server is set."""

from __future__ import annotations

from piccolo.columns import BigSerial, Integer, Text, Varchar
from piccolo.constraints import Unique
from piccolo.table import Table

from registry.kernel.columns import calendar_day, instant


class Notification(Table, tablename="notification"):
    """One message to one account. ``key`` makes sending idempotent; ``link`` is a path of ours."""

    id = BigSerial(primary_key=True)
    account_id = Integer(index=True, default=None)
    key = Varchar(length=120)
    subject = Varchar(length=200)
    body = Text()
    link = Varchar(length=200)
    on_day = calendar_day()
    created_at = instant()
    read_at = instant(null=True)
    mailed_at = instant(null=True)

    notification_once = Unique([account_id, key])
