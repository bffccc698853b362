"""The review page and its routes."""

from serve.api.review.routes import routers

__all__ = ["routers"]
