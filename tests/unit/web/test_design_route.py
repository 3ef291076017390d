"""The showcase is served in demo mode and nowhere else."""

from collections.abc import Iterator
from typing import Any

import pytest
from litestar import Litestar, Request, Response
from litestar.testing import TestClient

from registry.kernel.errors import NotFound
from registry.settings import get_settings
from registry.web.components.controllers import HANDLERS


def _not_found(_: Request[Any, Any, Any], error: NotFound) -> Response[str]:
    return Response(error.message, status_code=error.status)


def _set_locale(request: Request[Any, Any, Any]) -> None:
    request.scope["state"]["locale"] = "zh_CN"


@pytest.fixture
def client() -> Iterator[TestClient[Litestar]]:
    app = Litestar(HANDLERS, before_request=_set_locale, exception_handlers={NotFound: _not_found})
    with TestClient(app) as client:
        yield client


def test_it_is_there_in_the_demo(client: TestClient[Litestar]) -> None:
    answer = client.get("/design")
    assert answer.status_code == 200
    assert answer.url.path == "/design/records"
    assert "公示期" in answer.text
    assert client.get("/design/nothing").status_code == 404


def test_production_knows_no_such_page(client: TestClient[Litestar], monkeypatch: pytest.MonkeyPatch) -> None:
    settings = get_settings().model_copy(update={"mode": type(get_settings().mode)("production")})
    monkeypatch.setattr("registry.web.components.controllers.get_settings", lambda: settings)
    assert client.get("/design").status_code == 404
    assert client.get("/design/forms").status_code == 404
