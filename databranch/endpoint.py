"""An address of the service together with the key that opens it."""

from __future__ import annotations

import os
from base64 import b64encode
from dataclasses import dataclass, field

from .errors import ServiceUnavailable

ENDPOINT_VARIABLE = "DATABRANCH_ENDPOINT"
ACCESS_KEY_VARIABLE = "DATABRANCH_ACCESS_KEY_ID"
SECRET_KEY_VARIABLE = "DATABRANCH_SECRET_ACCESS_KEY"


@dataclass(frozen=True)
class Endpoint:
    """``url`` has scheme, host and port and no trailing slash, e.g. ``http://127.0.0.1:8000``."""

    url: str
    access_key_id: str
    # Not in the representation: an endpoint ends up in logs and in notebooks.
    secret_access_key: str = field(repr=False)

    @property
    def api(self) -> str:
        """Where the REST API lies."""
        return f"{self.url}/api/v1"

    @property
    def authorization(self) -> str:
        """The value of the ``Authorization`` header (RFC 7617)."""
        pair = f"{self.access_key_id}:{self.secret_access_key}".encode()
        return f"Basic {b64encode(pair).decode('ascii')}"


def endpoint_of(url: str, access_key_id: str, secret_access_key: str) -> Endpoint:
    """An endpoint from what a user wrote: lakeFS clients take the address with and without ``/api/v1``."""
    base = url.strip().rstrip("/").removesuffix("/api/v1").rstrip("/")
    if not base.startswith(("http://", "https://")):
        raise ServiceUnavailable(f"The address {url!r} does not start with http:// or https://.")
    return Endpoint(base, access_key_id, secret_access_key)


def endpoint_from_environment() -> Endpoint | None:
    """The service elsewhere that the environment names; None when it names none.

    :raises ServiceUnavailable: when it names an address without a key.
    """
    url = os.environ.get(ENDPOINT_VARIABLE)
    if not url:
        return None
    key = os.environ.get(ACCESS_KEY_VARIABLE)
    secret = os.environ.get(SECRET_KEY_VARIABLE)
    if not key or not secret:
        raise ServiceUnavailable(
            f"{ENDPOINT_VARIABLE} is set, but not its key: set {ACCESS_KEY_VARIABLE} and {SECRET_KEY_VARIABLE} too."
        )
    return endpoint_of(url, key, secret)
