"""The walk of every lifecycle, by its subject."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from tests.integration.lifecycles.applications import application_walk
from tests.integration.lifecycles.cases import Walk
from tests.integration.lifecycles.contracts import contract_walk
from tests.integration.lifecycles.evaluated import complaint_walk, evaluation_walk
from tests.integration.lifecycles.following import renewal_walk, review_walk, roster_walk, variation_walk
from tests.integration.lifecycles.imports import data_import_walk, list_import_walk
from tests.integration.lifecycles.listed import entry_walk, exit_walk, objection_walk
from tests.integration.lifecycles.rounds import question_walk, round_walk

WALKS: dict[str, Callable[[], Awaitable[Walk]]] = {
    "application": application_walk,
    "complaint": complaint_walk,
    "contract": contract_walk,
    "contract_variation": variation_walk,
    "data_import": data_import_walk,
    "entry": entry_walk,
    "evaluation": evaluation_walk,
    "exit_case": exit_walk,
    "list_import": list_import_walk,
    "objection": objection_walk,
    "renewal": renewal_walk,
    "roster_person": roster_walk,
    "round": round_walk,
    "round_question": question_walk,
    "yearly_review": review_walk,
}
