"""The review page and its routes."""

from serve.api.review.routes import router

__all__ = ["router"]
