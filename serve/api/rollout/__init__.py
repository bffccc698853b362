"""The roll-out: its routes and the page that shows it."""

from serve.api.rollout.routes import routers

__all__ = ["routers"]
