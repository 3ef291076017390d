"""Piccolo's entry point: the engine of the application role and the one app."""

from piccolo.conf.apps import AppRegistry

from registry.kernel.db import make_engine

DB = make_engine()
APP_REGISTRY = AppRegistry(apps=["registry.piccolo_app"])
