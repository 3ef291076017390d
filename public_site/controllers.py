"""All pages of the public site."""

from public_site import (
    calendars,
    complaints,
    data,
    exits,
    feed,
    home,
    notice_files,
    notices,
    objections,
    questions,
    rules,
    schools,
    statistics,
    verifying,
    whitelist,
)  # fmt: skip

HANDLERS = [
    *home.HANDLERS, *whitelist.HANDLERS, *verifying.HANDLERS, *schools.HANDLERS, *notices.HANDLERS,
    *notice_files.HANDLERS, *feed.HANDLERS, *objections.HANDLERS, *complaints.HANDLERS, *questions.HANDLERS, *exits.HANDLERS, *rules.HANDLERS, *calendars.HANDLERS,
    *statistics.HANDLERS, *data.HANDLERS,
]  # fmt: skip
