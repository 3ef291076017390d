"""Every link that the demo's people see leads somewhere."""

from __future__ import annotations

import pytest

from tests.journeys.system import System
from tests.journeys.walking import PEOPLE, walk

_MAX_PAGES = 110


@pytest.mark.parametrize("login", PEOPLE)
def test_no_link_is_dead(system: System, login: str) -> None:
    person = system.person(login) if login else system.anybody()
    try:
        visits = walk(person, system.url, _MAX_PAGES)
        dead = [
            f"{one.answer.status_code} {one.path} from {one.parent}"
            for one in visits
            if one.answer.status_code >= 400
        ]
        assert dead == []
    finally:
        person.close()
