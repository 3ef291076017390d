"""Settings from the environment (prefix ``REGISTRY_``), read once per process."""

from __future__ import annotations

import base64
import binascii
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Mode(StrEnum):
    """``demo`` shows a banner, has demo accounts and a movable day; ``production`` has none of it."""

    DEMO = "demo"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """Everything the system is told from outside. Secrets never appear in ``repr``."""

    model_config = SettingsConfigDict(env_prefix="REGISTRY_", extra="ignore")

    mode: Mode = Mode.PRODUCTION
    host: str = "127.0.0.1"
    port: int = 8000
    data_dir: Path = Path("var")
    public_url: str = ""

    database_url: SecretStr = SecretStr("")
    owner_database_url: SecretStr = SecretStr("")
    database_pool: int = Field(default=10, ge=1, le=200)

    s3_endpoint: str = ""
    s3_access_key: SecretStr = SecretStr("")
    s3_secret_key: SecretStr = SecretStr("")
    s3_bucket: str = "registry"
    s3_secure: bool = False
    s3_public_endpoint: str = ""

    secret_keys: SecretStr = SecretStr("")
    cookie_secure: bool = False
    session_hours: int = Field(default=12, ge=1, le=24 * 30)

    max_upload_bytes: int = Field(default=100 * 1024 * 1024, ge=1024)
    max_pages: int = Field(default=300, ge=1, le=5000)
    retention_years: int = Field(default=5, ge=1, le=50)

    # Of one address at the JSON interface; 0: as many as it likes.
    api_requests_a_minute: int = Field(default=600, ge=0)

    # Whoever brings it reads /metrics; empty: nobody does.
    metrics_token: SecretStr = SecretStr("")

    smtp_host: str = ""
    smtp_port: int = 25
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_starttls: bool = False
    mail_from: str = "registry@example.com"

    @field_validator("secret_keys")
    @classmethod
    def _keys_parse(cls, value: SecretStr) -> SecretStr:
        parse_key_ring(value.get_secret_value())
        return value


def parse_key_ring(text: str) -> dict[str, bytes]:
    """``"id:base64,id:base64"`` to ``{id: 32 bytes}``; the first key seals, all of them open.

    Raises ValueError naming the key id, never the key.
    """
    ring: dict[str, bytes] = {}
    for part in filter(None, (p.strip() for p in text.split(","))):
        key_id, _, encoded = part.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except binascii.Error as error:
            raise ValueError(f"REGISTRY_SECRET_KEYS: key {key_id!r} is not base64") from error
        if len(key) != 32 or not key_id:
            raise ValueError(f"REGISTRY_SECRET_KEYS: key {key_id!r} must have an id and be 32 bytes long")
        ring[key_id] = key
    return ring


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process. Tests call ``get_settings.cache_clear()`` after changing the environment."""
    return Settings()
