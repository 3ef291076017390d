"""The one Piccolo app: every table of every room, and the migrations."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

ROOMS = (
    "kernel",
    "audit",
    "documents",
    "notifications",
    "jurisdictions",
    "providers",
    "schools",
    "accounts",
    "bans",
    "rounds",
    "applications",
    "screening",
    "checks",
    "review",
    "notices",
    "whitelist",
    "contracts",
    "evaluations",
    "exits",
    "onboarding",
)

APP_CONFIG = AppConfig(
    app_name="registry",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=table_finder([f"registry.{room}.tables" for room in ROOMS], exclude_imported=True),
)
