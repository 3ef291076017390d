"""A window that was known may move where a schedule says so: a correction, or the year that follows naming its days."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2022-06-01T00:00:00:000004"
VERSION = "1.38.0"
DESCRIPTION = (
    "Guard of notices: a window that was known moves with a window that was kept, whatever schedule caused it"
)

GUARD = """
CREATE OR REPLACE FUNCTION notice_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.snapshot <> OLD.snapshot OR NEW.sha256 <> OLD.sha256 OR NEW.published_on <> OLD.published_on
        OR NEW.working_days <> OLD.working_days OR (NOT OLD.provisional AND NEW.last_day <> OLD.last_day
            AND NOT EXISTS (SELECT 1 FROM notice_window w WHERE w.notice = NEW.id AND w.cause <> 'published'
                AND w.last_day = NEW.last_day)) THEN
        RAISE EXCEPTION 'R15: a published notice is frozen' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""


async def _guard() -> None:
    engine = engine_finder()
    assert engine is not None
    await engine.run_ddl(GUARD)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="registry", description=DESCRIPTION)
    manager.add_raw(_guard)
    return manager
