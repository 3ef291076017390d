"""All pages of the public site."""

from public_site import data, exits, home, notices, rules, whitelist

HANDLERS = [
    *home.HANDLERS, *whitelist.HANDLERS, *notices.HANDLERS, *exits.HANDLERS, *rules.HANDLERS, *data.HANDLERS,
]  # fmt: skip
