"""Notices of the results of yearly reviews: of no round, and each review knows the one that it was published in."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.base import OnDelete, OnUpdate
from piccolo.columns.column_types import ForeignKey, Serial, Varchar
from piccolo.columns.indexes import IndexMethod
from piccolo.constraints import Check
from piccolo.table import Table


class Notice(Table, tablename="notice", schema=None):
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


ID = "2022-06-01T00:00:00:000006"
VERSION = "1.38.0"
DESCRIPTION = "Notices of the results of yearly reviews"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="registry", description=DESCRIPTION)

    manager.add_column(
        table_class_name="Notice",
        tablename="notice",
        column_name="kind",
        db_column_name="kind",
        column_class_name="Varchar",
        column_class=Varchar,
        params={
            "length": 20,
            "default": "selection",
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

    manager.alter_column(
        table_class_name="Notice",
        tablename="notice",
        column_name="round",
        db_column_name="round",
        params={"null": True},
        old_params={"null": False},
        column_class=ForeignKey,
        old_column_class=ForeignKey,
        schema=None,
    )

    manager.add_column(
        table_class_name="YearlyReview",
        tablename="yearly_review",
        column_name="notice",
        db_column_name="notice",
        column_class_name="ForeignKey",
        column_class=ForeignKey,
        params={
            "references": Notice,
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

    # Where a result was posted elsewhere stays in the events; here it is published by a notice or not at all.
    for column in ("posted_where", "posted_on"):
        manager.drop_column(
            table_class_name="YearlyReview",
            tablename="yearly_review",
            column_name=column,
            db_column_name=column,
            schema=None,
        )

    manager.add_constraint(
        table_class_name="Notice",
        tablename="notice",
        constraint_name="known_kind",
        constraint_class=Check,
        params={"condition": "kind IN ('selection', 'yearly_review')"},
        schema=None,
    )

    manager.add_constraint(
        table_class_name="Notice",
        tablename="notice",
        constraint_name="selection_of_a_round",
        constraint_class=Check,
        params={"condition": "(kind = 'selection') = (round IS NOT NULL)"},
        schema=None,
    )

    return manager
