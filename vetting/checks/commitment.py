"""The commitment is signed and sealed (R6 item 8)."""

from __future__ import annotations

from collections.abc import Iterator

from vetting.checks.case import Case, evidence, sure, value
from vetting.checks.catalogue import Draft

_TYPE = "commitment"


def commitment_unsigned_or_unsealed(case: Case) -> Iterator[Draft]:
    """No commitment carries both a signature and a seal; the best of several counts."""
    documents = case.readable(_TYPE)
    if not documents:
        return
    best = max(documents, key=lambda d: bool(value(d, "signed")) + bool(value(d, "sealed")))
    signed, sealed = bool(value(best, "signed")), bool(value(best, "sealed"))
    if signed and sealed:
        return
    for name, there in (("signed", signed), ("sealed", sealed)):
        if not there and not sure(best.fields.get(name)):
            params = {"document": _TYPE, "field": name, "printed": ""}
            yield Draft(f"unreadable_field:{_TYPE}.{name}", params, (evidence(best, name),))
            return
    lack = "unsealed" if signed else "unsigned" if sealed else "unsigned_and_unsealed"
    names = [n for n, there in (("signed", signed), ("sealed", sealed)) if not there]
    yield Draft("commitment_unsigned_or_unsealed", {"lack": lack}, tuple(evidence(best, n) for n in names))
