"""Hands out the files of a page: scripts and styles of our own, nothing from elsewhere."""

from importlib.resources import files

from fastapi import Response

_TYPES = {"js": "text/javascript", "css": "text/css", "html": "text/html"}
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


def page_file(package: str, name: str) -> Response:
    """A file of `serve.api.<package>`; the name must not come from a client."""
    content = files(f"serve.api.{package}").joinpath(name).read_bytes()
    media = _TYPES[name.rpartition(".")[2]]
    return Response(content, media_type=f"{media}; charset=utf-8", headers=_HEADERS)
