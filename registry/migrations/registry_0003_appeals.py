"""Appeals in exit cases (R27) and the provider's time to answer an objection (R17)."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.base import OnDelete, OnUpdate
from piccolo.columns.column_types import Bytea, Date, ForeignKey, Integer, Serial, Text, Timestamptz
from piccolo.columns.indexes import IndexMethod
from piccolo.constraints import Check, Unique
from piccolo.engine import engine_finder
from piccolo.table import Table


class ExitCase(Table, tablename="exit_case", schema=None):
    id = Serial(
        null=False,
        primary_key=True,
        unique=False,
        index=False,
        index_method=IndexMethod.btree,
        choices=None,
        db_column_name=None,
        secret=False,
    )


class StoredFile(Table, tablename="stored_file", schema=None):
    id = Serial(
        null=False,
        primary_key=True,
        unique=False,
        index=False,
        index_method=IndexMethod.btree,
        choices=None,
        db_column_name=None,
        secret=False,
    )


ID = "2022-06-01T00:00:00:000003"
VERSION = "1.38.0"
DESCRIPTION = (
    "Appeals against the decision of an exit case, overturning by two people, the time to answer an objection"
)


# A check that changes is dropped and made anew; the columns that it speaks of are there already.
CHECKS = (
    """
    ALTER TABLE exit_case DROP CONSTRAINT known_state, ADD CONSTRAINT known_state CHECK (
        state IN ('open', 'proposed', 'upheld', 'dismissed', 'overturning', 'overturned'))
    """,
    """
    ALTER TABLE exit_case DROP CONSTRAINT decided_by_somebody, ADD CONSTRAINT decided_by_somebody CHECK (
        state NOT IN ('upheld', 'dismissed', 'overturning', 'overturned')
        OR (proposed_by IS NOT NULL AND decided_by IS NOT NULL))
    """,
)


async def _checks() -> None:
    engine = engine_finder()
    assert engine is not None
    for statement in CHECKS:
        await engine.run_ddl(statement)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="registry", description=DESCRIPTION)
    manager.add_raw(_checks)

    manager.add_table(
        class_name="ExitAppeal",
        tablename="exit_appeal",
        schema=None,
        columns=None,
    )

    manager.add_column(
        table_class_name="ExitAppeal",
        tablename="exit_appeal",
        column_name="id",
        db_column_name="id",
        column_class_name="Serial",
        column_class=Serial,
        params={
            "null": False,
            "primary_key": True,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    manager.add_column(
        table_class_name="ExitAppeal",
        tablename="exit_appeal",
        column_name="case",
        db_column_name="case",
        column_class_name="ForeignKey",
        column_class=ForeignKey,
        params={
            "references": ExitCase,
            "on_delete": OnDelete.restrict,
            "on_update": OnUpdate.cascade,
            "target_column": None,
            "null": False,
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

    manager.add_column(
        table_class_name="ExitAppeal",
        tablename="exit_appeal",
        column_name="lodged_on",
        db_column_name="lodged_on",
        column_class_name="Date",
        column_class=Date,
        params={
            "default": None,
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    manager.add_column(
        table_class_name="ExitAppeal",
        tablename="exit_appeal",
        column_name="words_sealed",
        db_column_name="words_sealed",
        column_class_name="Bytea",
        column_class=Bytea,
        params={
            "default": None,
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    manager.add_column(
        table_class_name="ExitAppeal",
        tablename="exit_appeal",
        column_name="evidence",
        db_column_name="evidence",
        column_class_name="ForeignKey",
        column_class=ForeignKey,
        params={
            "references": StoredFile,
            "on_delete": OnDelete.restrict,
            "on_update": OnUpdate.cascade,
            "target_column": None,
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

    manager.add_column(
        table_class_name="ExitAppeal",
        tablename="exit_appeal",
        column_name="refused_by",
        db_column_name="refused_by",
        column_class_name="Integer",
        column_class=Integer,
        params={
            "default": None,
            "null": True,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    manager.add_column(
        table_class_name="ExitAppeal",
        tablename="exit_appeal",
        column_name="refused_on",
        db_column_name="refused_on",
        column_class_name="Date",
        column_class=Date,
        params={
            "default": None,
            "null": True,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    manager.add_column(
        table_class_name="ExitAppeal",
        tablename="exit_appeal",
        column_name="refused_reason",
        db_column_name="refused_reason",
        column_class_name="Text",
        column_class=Text,
        params={
            "default": "",
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    manager.add_column(
        table_class_name="ExitAppeal",
        tablename="exit_appeal",
        column_name="created_at",
        db_column_name="created_at",
        column_class_name="Timestamptz",
        column_class=Timestamptz,
        params={
            "default": None,
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    manager.add_constraint(
        table_class_name="ExitAppeal",
        tablename="exit_appeal",
        constraint_name="exit_appeal_once",
        constraint_class=Unique,
        params={"columns": ["case"], "nulls_distinct": True},
        schema=None,
    )

    manager.add_constraint(
        table_class_name="ExitAppeal",
        tablename="exit_appeal",
        constraint_name="refused_by_somebody",
        constraint_class=Check,
        params={"condition": "(refused_on IS NULL) = (refused_by IS NULL)"},
        schema=None,
    )

    manager.add_column(
        table_class_name="Ban",
        tablename="ban",
        column_name="appeal_refused_on",
        db_column_name="appeal_refused_on",
        column_class_name="Date",
        column_class=Date,
        params={
            "default": None,
            "null": True,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    manager.add_column(
        table_class_name="Ban",
        tablename="ban",
        column_name="appealed_on",
        db_column_name="appealed_on",
        column_class_name="Date",
        column_class=Date,
        params={
            "default": None,
            "null": True,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    manager.add_column(
        table_class_name="Objection",
        tablename="objection",
        column_name="answer_until",
        db_column_name="answer_until",
        column_class_name="Date",
        column_class=Date,
        params={
            "default": None,
            "null": True,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    manager.add_column(
        table_class_name="ExitCase",
        tablename="exit_case",
        column_name="overturn_proposal_reason",
        db_column_name="overturn_proposal_reason",
        column_class_name="Text",
        column_class=Text,
        params={
            "default": "",
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    manager.add_column(
        table_class_name="ExitCase",
        tablename="exit_case",
        column_name="overturn_proposed_by",
        db_column_name="overturn_proposed_by",
        column_class_name="Integer",
        column_class=Integer,
        params={
            "default": None,
            "null": True,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    manager.add_constraint(
        table_class_name="Ban",
        tablename="ban",
        constraint_name="appealed_before_refused",
        constraint_class=Check,
        params={"condition": "appeal_refused_on IS NULL OR appealed_on <= appeal_refused_on"},
        schema=None,
    )

    manager.add_constraint(
        table_class_name="ExitCase",
        tablename="exit_case",
        constraint_name="overturned_by_others",
        constraint_class=Check,
        params={
            "condition": "overturn_proposed_by IS NULL OR overturned_by IS NULL OR (overturned_by <> overturn_proposed_by AND overturned_by <> proposed_by AND overturned_by <> decided_by)"
        },
        schema=None,
    )

    manager.add_constraint(
        table_class_name="ExitCase",
        tablename="exit_case",
        constraint_name="overturning_proposed",
        constraint_class=Check,
        params={"condition": "state <> 'overturning' OR overturn_proposed_by IS NOT NULL"},
        schema=None,
    )

    return manager
