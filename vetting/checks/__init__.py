"""Checks: small pure functions that compare form, documents and dates. One file each, one catalogue."""
