"""The id of a request: the caller's own where it is one, else a new one.

It goes into logs and answers, here and in Ray Serve, so it must not be free text.
"""

import re
from uuid import uuid4

from starlette.types import Scope

_HEADER = b"x-request-id"
_PLAIN = re.compile(rb"[A-Za-z0-9_.:@-]{1,128}")


def cleaned(scope: Scope) -> None:
    """Takes out an id that is none; whoever needs one makes it."""
    sent = [value for name, value in scope["headers"] if name == _HEADER]
    if sent and (len(sent) > 1 or not _PLAIN.fullmatch(sent[0])):
        scope["headers"] = [header for header in scope["headers"] if header[0] != _HEADER]


def named(scope: Scope) -> tuple[bytes, bytes]:
    """The header with the request's id, put on where the caller sent none."""
    cleaned(scope)
    for header in scope["headers"]:
        if header[0] == _HEADER:
            return header
    header = (_HEADER, uuid4().hex.encode())
    scope["headers"].append(header)
    return header
