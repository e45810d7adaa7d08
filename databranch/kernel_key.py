"""A key of this kernel's own, so that the service can hold this kernel, and nobody else, to one branch."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from .client import Client, FixedEndpoint, api_path
from .errors import ApiError, DatabranchError

if TYPE_CHECKING:
    from .client import EndpointSource
    from .endpoint import Endpoint

#: The service forgets a kernel's key a week after its last use; one that was not used for so long is replaced before.
IDLE_MAX_S = 6 * 24 * 60 * 60
#: What a service answers that has no keys for kernels (lakeFS itself), or to a key that may not make any.
_NOT_OFFERED = (403, 404, 405, 501)


class KernelKey:
    """An :class:`databranch.client.EndpointSource` that puts this kernel's key in the place of the owner's.

    Where the service has no such keys, the owner's goes on being used, and :attr:`access_key_id` is None.
    """

    def __init__(self, owner: EndpointSource, label: str) -> None:
        """:param label: how the owner of the service sees the key listed."""
        self._owner = owner
        self._label = label
        self._lock = threading.Lock()
        self._owners: Endpoint | None = None
        self._key: tuple[str, str] | None = None
        self._offered = True
        self._used = 0.0

    @property
    def access_key_id(self) -> str | None:
        """The key's id; None where the service has no keys for kernels."""
        given = self.endpoint()
        return given.access_key_id if self._offered else None

    def endpoint(self, lost: Endpoint | None = None) -> Endpoint:
        """The address of the live service with this kernel's key."""
        with self._lock:
            if lost is not None and self._owners is not None:
                # The owner's source knows the address that was lost only with the key that it gave.
                lost = replace(self._owners, url=lost.url)
            owners = self._owner.endpoint(lost)
            self._take_over(owners)
            if self._offered and (self._key is None or time.time() - self._used > IDLE_MAX_S):
                self._key = self._make()
            self._used = time.time()
            if self._key is None:
                return owners
            access_key_id, secret_access_key = self._key
            return replace(owners, access_key_id=access_key_id, secret_access_key=secret_access_key)

    def _take_over(self, owners: Endpoint) -> None:
        """A service that is known by another key has another store, which does not know ours."""
        if self._owners is not None and replace(owners, url=self._owners.url) != self._owners:
            self._key, self._offered = None, True
        self._owners = owners

    def close(self) -> None:
        """Gives up the key, then the service. Starts nothing, and never fails."""
        if self._key is not None and self._owners is not None:
            # Fixed: giving up a key must not start a service.
            with suppress(DatabranchError):
                Client(FixedEndpoint(self._owners)).send("DELETE", api_path("databranch", "keys", self._key[0]))
            self._key = None
        self._owner.close()

    def _make(self) -> tuple[str, str] | None:
        try:
            made = Client(self._owner).send("POST", api_path("databranch", "kernel-keys"), body={"label": self._label})
        except ApiError as error:
            if error.status not in _NOT_OFFERED:
                raise
            self._offered = False
            return None
        return made["access_key_id"], made["secret_access_key"]
