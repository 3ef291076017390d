"""All pages of the public site."""

from public_site import data, exits, home, notices, objections, rules, whitelist

HANDLERS = [
    *home.HANDLERS, *whitelist.HANDLERS, *notices.HANDLERS, *objections.HANDLERS, *exits.HANDLERS, *rules.HANDLERS,
    *data.HANDLERS,
]  # fmt: skip
