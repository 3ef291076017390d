"""An application that was handed in with one file, as the vetting job finds it."""

from __future__ import annotations

from pathlib import Path

from registry.applications import commands as applications
from registry.documents import commands as documents
from tests.factories.applying import Applicant, make_applicant


async def hand_in(path: Path, content: bytes) -> tuple[Applicant, int]:
    """Its applicant and its id, after ``content`` was written to ``path`` and handed in as its one PDF."""
    me = await make_applicant()
    application_id = await me.start()
    await me.fill(application_id)
    path.write_bytes(content)
    put = await documents.put(path, name="材料.pdf", media_type="application/pdf", pages=2)
    await applications.add_file(me.actor, application_id, 0, put)
    await applications.submit(me.actor, application_id)
    return me, application_id
