"""The environment that lakeFS's own clients read: ``lakectl`` and the ``lakefs`` SDK find the service by it."""

from __future__ import annotations

import os

from .endpoint import Endpoint

_VARIABLES = (
    "LAKECTL_SERVER_ENDPOINT_URL",
    "LAKECTL_CREDENTIALS_ACCESS_KEY_ID",
    "LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY",
)
# What this process set itself, and may therefore set again when the service has moved.
_ours: dict[str, str] = {}


def point_lakectl_at(endpoint: Endpoint) -> None:
    """Sets the three variables, all or none: a user's own setting of any of them means another server.

    AWS's variables are never touched: they belong to the user's own buckets.
    """
    if any(name in os.environ and os.environ[name] != _ours.get(name) for name in _VARIABLES):
        return
    values = (endpoint.url, endpoint.access_key_id, endpoint.secret_access_key)
    _ours.update(zip(_VARIABLES, values, strict=True))
    os.environ.update(_ours)
