"""Since when it is known until when a provider's registration is valid: days before keep what was shown on them."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.column_types import Date
from piccolo.columns.indexes import IndexMethod

ID = "2022-06-01T00:00:00:000007"
VERSION = "1.38.0"
DESCRIPTION = "The day on which the validity of a registration was learned"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="registry", description=DESCRIPTION)

    manager.add_column(
        table_class_name="Provider",
        tablename="provider",
        column_name="validity_learned_on",
        db_column_name="validity_learned_on",
        column_class_name="Date",
        column_class=Date,
        params={
            "default": None,
            "null": True,
            "primary_key": False,
            "unique": False,
            "index": True,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )
    return manager
