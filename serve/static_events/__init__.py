"""The hand-written pool: what a player gets when no generated event is to be had in time."""

from serve.static_events.library import StaticLibrary

__all__ = ["StaticLibrary"]
