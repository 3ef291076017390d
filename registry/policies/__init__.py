"""Policies: what differs between jurisdictions, as data (R30).

A policy is a TOML file that inherits from another. ``load("default")`` gives a typed ``Policy``;
``Policy.freeze`` gives what a round stores, ``thaw`` reads it back.
"""

from registry.policies.errors import PolicyError
from registry.policies.explain import Difference, Row, diff, explain
from registry.policies.freeze import freeze, thaw
from registry.policies.loader import load, load_file, names, parse
from registry.policies.model import Policy

__all__ = [
    "Difference",
    "Policy",
    "PolicyError",
    "Row",
    "diff",
    "explain",
    "freeze",
    "load",
    "load_file",
    "names",
    "parse",
    "thaw",
]
