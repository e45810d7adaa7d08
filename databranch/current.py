"""What this process works on: one connection, and one branch at a time.

A notebook has one current branch, as a checkout of git has. The magics change it, and so may JupyterLab or a
plain script through :func:`use`; whoever must know listens.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from . import spark
from .connection import Connection, open_connection
from .errors import DatabranchError, NotChosen
from .lakectl import point_lakectl_at

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import SparkSession

    from .branches import Branch
    from .repository import Repository

REPOSITORY_VARIABLE = "DATABRANCH_REPOSITORY"
BRANCH_VARIABLE = "DATABRANCH_BRANCH"
#: The repository to begin with where several are and none was named: the one that the tutorial works on.
QUICKSTART = "quickstart"

Listener = Callable[["Branch"], None]

_connection: Connection | None = None
# JupyterLab's notebook toolbar looks at it, too.
_branch: Branch | None = None
_listeners: list[Listener] = []
# How this kernel's own key is listed; None in a plain script, which works with the key that it found.
_key_label: str | None = None


def connect(
    endpoint: str | None = None,
    access_key_id: str | None = None,
    secret_access_key: str | None = None,
    data: Path | None = None,
) -> Connection:
    """The connection of this process. Without arguments the one it has, made at the first call.

    By default the service of this user, started when it does not run; with ``endpoint`` and a key, or with
    ``DATABRANCH_ENDPOINT`` and the two variables of its key, a service elsewhere.

    :raises ServiceUnavailable: when there is none and none can be started.
    """
    global _connection, _branch
    if _connection is None or endpoint is not None or data is not None:
        made = open_connection(endpoint, access_key_id, secret_access_key, data)
        if _key_label is not None:
            made.take_own_key(_key_label)
        point_lakectl_at(made.endpoint)
        if _connection is not None:
            _connection.close()
        _connection, _branch = made, None
    return _connection


def take_own_key(label: str) -> None:
    """Works with a key of this kernel's own, on the connection that there is and on later ones.

    Neither asks nor starts anything that does not run already.
    """
    global _key_label
    _key_label = label
    if _connection is not None:
        _connection.take_own_key(label)
        # A service that is away is told about by whoever needs it.
        with suppress(DatabranchError):
            point_lakectl_at(_connection.endpoint)


def use(branch: str | None = None, repository: str | None = None) -> Branch:
    """Makes a branch the current one, the repository's default branch unless named.

    :param repository: another repository; by default the current one.
    :raises ApiError: 404 when there is no such branch or repository.
    :raises NotChosen: when no repository was ever chosen and it is not clear which is meant.
    """
    service = connect()
    if repository is not None:
        where = service.repository(repository)
    elif _branch is not None:
        where = current_repository()
    else:
        where = _first_repository(service)
    chosen = where.branch(branch)
    point_lakectl_at(service.endpoint)
    work_on(chosen)
    return chosen


def work_on(branch: Branch) -> None:
    """Makes a branch that is known to be there the current one."""
    global _branch
    _branch = branch
    for listener in _listeners:
        listener(branch)


def current_branch() -> Branch:
    """The current branch; at first the one that the environment names, else a default branch."""
    if _branch is not None:
        return _branch
    return use(os.environ.get(BRANCH_VARIABLE) or None)


def chosen_branch() -> Branch | None:
    """The current branch if there is one already; neither asks nor starts anything."""
    return _branch


def current_repository() -> Repository:
    """The repository of the current branch."""
    return current_branch()._repository


def on_change(listener: Listener) -> Callable[[], None]:
    """Calls ``listener`` with every branch that becomes current; gives the function that ends that."""
    _listeners.append(listener)

    def stop() -> None:
        if listener in _listeners:
            _listeners.remove(listener)

    return stop


def configure(session: SparkSession, repository: str | None = None) -> None:
    """Leads a running Spark session's ``s3a://<repository>/…`` to the service; nothing else changes in it.

    :param repository: the current one unless named. Call again after switching to another repository.
    """
    name = repository or current_branch().repository
    spark.configure_session(session, connect().endpoint, name)


def _first_repository(service: Connection) -> Repository:
    wanted = os.environ.get(REPOSITORY_VARIABLE)
    if wanted:
        return service.repository(wanted)
    names = service.repositories()
    if len(names) == 1:
        return service.repository(names[0])
    if QUICKSTART in names:
        return service.repository(QUICKSTART)
    if not names:
        raise NotChosen(
            "There is no repository yet. Make one in the side panel Data branches, "
            'or with databranch.connect().create_repository("NAME").'
        )
    raise NotChosen(f"There are several repositories: {', '.join(names)}. Choose one: %branch --repo NAME")


def forget() -> None:
    """Closes the connection and forgets the current branch, as if the process had just begun."""
    global _connection, _branch, _key_label
    if _connection is not None:
        _connection.close()
    _connection, _branch, _key_label = None, None, None
