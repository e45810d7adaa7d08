"""Running a piece of code on a throw-away branch, with everything else held back from being written to.

While it runs, the service refuses what this kernel's key would write anywhere else: whoever writes, be it this
process or a Spark session that was there before, uses that key. This protects from mistakes, not from malice:
see docs/sandbox.md.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import current, spark
from .client import api_path
from .endpoint import ACCESS_KEY_VARIABLE, ENDPOINT_VARIABLE, SECRET_KEY_VARIABLE, Endpoint
from .errors import ApiError, DatabranchError
from .results.sandbox import Refused, SandboxCard

if TYPE_CHECKING:
    from .branches import Branch
    from .repository import Progress, Repository, Sandbox
    from .results.changes import Changes

#: Objects that a card counts; it shows far fewer.
OBJECTS_MAX = 1000


class SandboxRun:
    """A sandbox from its beginning to its card. Made by :func:`begin`."""

    def __init__(self, sandbox: Sandbox, source: str, into: str, before: Branch) -> None:
        self.sandbox = sandbox
        self.source = source
        #: The branch that the cell's work would be merged into, and that it must not touch.
        self.into = into
        self.notes: list[str] = []
        self._before = before
        self._into_before = self._repository.state(into)
        self._began = time.monotonic()
        self._mode_path, self._token = "", ""
        self._lifted: Lifted | None = None
        self._undo: list[Callable[[], None]] = []

    def enter(self) -> None:
        """Restricts this kernel to the sandbox and leads everything there.

        :raises DatabranchError: where the service has no keys for kernels; then nothing has changed.
        """
        connection = self._repository.connection
        key = connection.kernel_key.access_key_id if connection.kernel_key else None
        if key is None:
            raise DatabranchError(
                "This service gives kernels no keys of their own, and without one it cannot hold back what a cell "
                "writes elsewhere: sandboxes need the service of Databranch, and its owner's key."
            )
        self._mode_path = api_path("databranch", "kernel-keys", key, "sandbox")
        where = {"repository": self._repository.name, "branch": self.sandbox.branch.name}
        self._token = connection.client.send("PUT", self._mode_path, body=where)["token"]
        try:
            self._undo.append(spark.lead_active_session(connection.endpoint, self._repository.name))
            self._undo.append(_with_environment(_environment(connection.endpoint, self.sandbox.branch)))
            current.work_on(self.sandbox.branch)
        except BaseException:
            self.leave()
            raise

    def leave(self) -> None:
        """Lifts the restriction and goes back to the branch before. Nothing happens when that was done.

        :raises DatabranchError: when the service does not answer; then it can be asked for again.
        """
        while self._undo:
            self._undo.pop()()
        # Unless the code has chosen another branch itself.
        if current.chosen_branch() == self.sandbox.branch:
            current.work_on(self._before)
        if self._lifted is None:
            client = self._repository.connection.client
            told = client.send("DELETE", self._mode_path, body={"token": self._token})
            refused = [Refused.of(write) for write in told["refused"]]
            self._lifted = Lifted(time.monotonic() - self._began, refused, told["refused_more"])

    def card(self, failed: bool, made_from: dict[str, str], progress: Progress | None = None) -> SandboxCard:
        """What the code did, to be called after :meth:`leave`. An untouched sandbox is removed at once.

        :param failed: whether it ended with an error.
        :param made_from: notebook and cell, for the metadata of the commit that may come of it.
        """
        if self._lifted is None:
            raise RuntimeError("The sandbox has not been left.")
        changes = self._changes()
        comparison = self._compare(progress) if changes else None
        if not changes:
            self._repository.discard_sandbox(self.sandbox.branch.name)
        return SandboxCard(
            repository=self._repository.name,
            branch=self.sandbox.branch.name,
            source=self.source,
            into=self.into,
            commit_id=self.sandbox.commit_id,
            expires_at=self.sandbox.expires_at,
            seconds=self._lifted.seconds,
            failed=failed,
            datasets=comparison,
            changes=changes,
            refused=self._lifted.refused,
            refused_more=self._lifted.refused_more,
            untouched=_is_same(self._into_before, self._repository.state(self.into)),
            notes=self.notes,
            made_from=made_from,
        )

    def _changes(self) -> Changes:
        """What was written, committed in the meantime or not."""
        name = self.sandbox.branch.name
        committed = self._repository.diff(self.sandbox.commit_id, name, limit=OBJECTS_MAX, two_way=True)
        uncommitted = self._repository.changes(name, limit=OBJECTS_MAX)
        return uncommitted.over(committed, f"changed on {name}")

    def _compare(self, progress: Progress | None) -> list[dict[str, Any]] | None:
        """Data sets whose rows are others now; None where they cannot be compared."""
        try:
            compared = self._repository.compare(self.sandbox.commit_id, self.sandbox.branch.name, progress=progress)
        except ApiError as error:
            self.notes.append(f"The rows could not be compared: {error.message}")
            return None
        different = [pair for pair in compared.datasets if pair["verdict"] != "equal"]
        for pair in different:
            # The rows are compared with where the sandbox began; a person knows that by the name of the source.
            pair["message"] = pair["message"].replace(self.sandbox.commit_id, self.source)
        return different

    @property
    def _repository(self) -> Repository:
        return self.sandbox.branch._repository


@dataclass(frozen=True)
class Lifted:
    """What the service says when the restriction ends."""

    seconds: float
    refused: list[Refused]
    refused_more: bool


def begin(source: str | None = None) -> SandboxRun:
    """Makes a sandbox from a ref, the current branch unless given, and works on it until it is left.

    :raises ApiError: 404 when there is no such ref. :raises DatabranchError: where the service has no sandboxes.
    """
    here = current.current_branch()
    repository = current.current_repository()
    origin = source or here.name
    into = _branch_of(repository, origin)
    waiting = bool(into == origin and repository.changes(origin, limit=1))
    sandbox = repository.create_sandbox(origin)
    try:
        run = SandboxRun(sandbox, origin, into, here)
        run.enter()
    except BaseException:
        repository.discard_sandbox(sandbox.branch.name)
        raise
    if waiting:
        run.notes.append(f"Uncommitted changes on {origin} were not part of the sandbox: %commit them first.")
    return run


def _branch_of(repository: Repository, ref: str) -> str:
    """Where work that began at a ref belongs: to the branch itself, else to the default branch."""
    try:
        return repository.branch(ref).name
    except ApiError as error:
        if error.status != 404:
            raise
        return repository.default_branch


def _is_same(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Whether a branch stands as it did. Its change token is another one, too, after a restart of the service."""
    clean = before["uncommitted"] == after["uncommitted"] == 0 and before["commit_id"] == after["commit_id"]
    return clean or bool(before["change_token"] == after["change_token"])


def _environment(endpoint: Endpoint, branch: Branch) -> dict[str, str]:
    """For programs that the code starts: they find the sandbox, and are held to it."""
    return {
        ENDPOINT_VARIABLE: endpoint.url,
        ACCESS_KEY_VARIABLE: endpoint.access_key_id,
        SECRET_KEY_VARIABLE: endpoint.secret_access_key,
        current.REPOSITORY_VARIABLE: branch.repository,
        current.BRANCH_VARIABLE: branch.name,
    }


def _with_environment(variables: dict[str, str]) -> Callable[[], None]:
    """Sets variables; gives the function that sets them back."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)

    def give_back() -> None:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value

    return give_back
