"""Matching of providers against lists: pure, no clock, no database.

``Screener`` answers what a provider has to do with the listings, ``ProviderIndex`` what a listing has to do with the
providers; both judge every pair by the one table of outcomes in ``rules``.
"""
