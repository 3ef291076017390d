"""Mailing what was not mailed yet."""

from __future__ import annotations

from email.message import EmailMessage

import aiosmtplib

from registry.kernel.clock import real_now
from registry.kernel.db import row, rows, transaction
from registry.kernel.jobs import job
from registry.kernel.sealed import unseal_json
from registry.settings import get_settings

_BATCH = 200


@job("notifications.mail", queue="mail", cron="*/5 * * * *", retries=5)
async def mail() -> None:
    """Send waiting messages to those who gave an address; without a mail server it does nothing.

    Each message is marked in a transaction of its own, so a failing server leaves the rest for the next run.
    """
    settings = get_settings()
    if not settings.smtp_host:
        return
    waiting = await rows("SELECT id FROM notification WHERE mailed_at IS NULL ORDER BY id LIMIT {}", _BATCH)
    for found in waiting:
        async with transaction():
            message = await row(
                "SELECT n.id, n.subject, n.body, n.link, a.contact_sealed FROM notification n"
                " JOIN account a ON a.id = n.account_id WHERE n.id = {} AND n.mailed_at IS NULL FOR UPDATE OF n SKIP LOCKED",
                found["id"],
            )
            if message is None:
                continue
            contact = (
                unseal_json(message["contact_sealed"], "account.contact") if message["contact_sealed"] else {}
            )
            if contact.get("email"):
                await _send(
                    contact["email"],
                    message["subject"],
                    f"{message['body']}\n\n{settings.public_url}{message['link']}",
                )
            await rows("UPDATE notification SET mailed_at = {} WHERE id = {}", real_now(), message["id"])


async def _send(address: str, subject: str, body: str) -> None:
    settings = get_settings()
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = settings.mail_from, address, subject
    mail.set_content(body)
    await aiosmtplib.send(
        mail,
        hostname=settings.smtp_host,
        port=settings.smtp_port,
        start_tls=settings.smtp_starttls,
        username=settings.smtp_user or None,
        password=settings.smtp_password.get_secret_value() or None,
    )
