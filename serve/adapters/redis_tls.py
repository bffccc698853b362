"""Connections over TLS that share what they trust.

redis-py reads every authority of the machine anew for each connection: 40 ms on the event loop, of the
50 ms that a call may take.
"""

import ssl
from typing import Any

from redis.asyncio.connection import RedisSSLContext, SSLConnection

_contexts: dict[str, ssl.SSLContext] = {}
"""By the options of an address. A certificate of an authority that is replaced is read at the next start."""


class TlsConnection(SSLConnection):
    """Trusts the authority that its address names, and that one alone; without a name, the machine's."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        told = self.ssl_context
        names = [name for name in RedisSSLContext.__slots__ if name != "context"]
        key = repr([getattr(told, name) for name in names])
        told.context = _contexts[key] = _contexts.get(key) or _made(told)


def _made(told: RedisSSLContext) -> ssl.SSLContext:
    if not told.ca_certs or told.include_verify_flags or told.exclude_verify_flags:
        return told.get()
    context = ssl.create_default_context(
        cafile=told.ca_certs, capath=told.ca_path, cadata=told.ca_data
    )
    context.check_hostname = told.check_hostname
    context.verify_mode = ssl.VerifyMode(told.cert_reqs)
    if told.certfile:
        context.load_cert_chain(told.certfile, told.keyfile, told.password)
    if told.min_version is not None:
        context.minimum_version = told.min_version
    if told.ciphers is not None:
        context.set_ciphers(told.ciphers)
    return context
