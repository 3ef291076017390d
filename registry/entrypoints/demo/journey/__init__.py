"""The whole life of a provider, played over HTTP against a running system as people would."""

from registry.entrypoints.demo.journey.play import play

__all__ = ["play"]
