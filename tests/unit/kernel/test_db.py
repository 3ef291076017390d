"""Where the database is, out of its address."""

from __future__ import annotations

import pytest

from registry.kernel.db import connection_config


@pytest.mark.parametrize(
    ("url", "host", "ssl"),
    [
        ("postgresql://a:b@127.0.0.1:6432/registry", "127.0.0.1", "disable"),
        ("postgresql://a:b@localhost/registry", "localhost", "disable"),
        ("postgresql://a:b@/registry?host=/run/postgresql", "/run/postgresql", "disable"),
        ("postgresql://a:b@db.intranet:5432/registry", "db.intranet", "prefer"),
        ("postgresql://a:b@127.0.0.1/registry?sslmode=require", "127.0.0.1", "require"),
    ],
)
def test_only_a_server_elsewhere_is_asked_for_tls_unless_the_address_says_so(
    url: str, host: str, ssl: str
) -> None:
    config = connection_config(url)
    assert (config["host"], config["ssl"], config["user"], config["database"]) == (host, ssl, "a", "registry")


def test_what_is_escaped_in_an_address_is_meant_as_it_reads() -> None:
    config = connection_config("postgresql://a%40b:p%2Fw@db:5433/registry")
    assert (config["user"], config["password"], config["port"]) == ("a@b", "p/w", 5433)
