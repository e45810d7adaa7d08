"""Which service this process works with, and what is on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .client import Client, FixedEndpoint, api_path
from .endpoint import Endpoint, endpoint_from_environment, endpoint_of
from .folder import data_folder
from .kernel_key import KernelKey
from .lease import LeasedService
from .repository import Repository

if TYPE_CHECKING:
    from pathlib import Path

    from .client import EndpointSource


class Connection:
    """A service and its repositories.

    >>> import databranch
    >>> service = databranch.connect()
    >>> service.repositories()
    ['quickstart']
    >>> service.repository("quickstart").branch("main").rowcount("reviews/").rows
    486000
    """

    def __init__(self, source: EndpointSource) -> None:
        self._source = source
        self.client = Client(source)
        #: The key of this kernel, once it has one of its own.
        self.kernel_key: KernelKey | None = None

    @property
    def endpoint(self) -> Endpoint:
        """Where the service listens now, REST and S3 alike, and the key for both."""
        return self.client.endpoint

    def repositories(self) -> list[str]:
        """The names of all repositories."""
        return [found["id"] for found in self.client.pages("repositories")]

    def repository(self, name: str) -> Repository:
        """One repository.

        :raises ApiError: 404 when there is none of that name.
        """
        found = self.client.get(api_path("repositories", name))
        return Repository(found["id"], found["default_branch"], self)

    def create_repository(self, name: str, default_branch: str = "main") -> Repository:
        """Makes an empty repository.

        :raises ApiError: 409 when the name is taken, 400 when it cannot be a name.
        """
        wanted = {"name": name, "storage_namespace": f"local://{name}", "default_branch": default_branch}
        made = self.client.send("POST", "repositories", body=wanted)
        return Repository(made["id"], made["default_branch"], self)

    def take_own_key(self, label: str) -> None:
        """From now on everything here is done with a key of this kernel's own; see :class:`KernelKey`.

        :param label: how the owner of the service sees it listed.
        """
        if self.kernel_key is None:
            self._source = self.kernel_key = KernelKey(self._source, label)
            self.client = Client(self._source)

    def close(self) -> None:
        """Lets go of the service; it ends a minute later unless somebody else uses it."""
        self._source.close()

    def __repr__(self) -> str:
        return f"databranch.Connection({self.endpoint.url!r})"


def open_connection(
    endpoint: str | None = None,
    access_key_id: str | None = None,
    secret_access_key: str | None = None,
    data: Path | None = None,
) -> Connection:
    """A connection to a service elsewhere if one is named here or by the environment, else to this user's own.

    :param endpoint: ``http://HOST:PORT``, needs the two parts of a key as well.
    :param data: the data folder, where it is not the usual one.
    """
    if endpoint is not None:
        return Connection(FixedEndpoint(endpoint_of(endpoint, access_key_id or "", secret_access_key or "")))
    if data is None:
        elsewhere = endpoint_from_environment()
        if elsewhere is not None:
            return Connection(FixedEndpoint(elsewhere))
    return Connection(LeasedService(data or data_folder()))
