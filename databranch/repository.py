"""A repository and what can be asked of its refs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .branches import Branch
from .client import Client, Query, api_path
from .errors import ApiError, MergeConflict
from .results.branches import BranchList
from .results.changes import Change, Changes
from .results.commits import Commit, Log
from .results.duplicates import Duplicates
from .results.filerows import FileRows, Origin
from .results.operations import Operation, OperationLog
from .results.preview import MergePreview
from .results.rowdiff import ColumnStatistics, RowDiff
from .results.rowlog import RowLog
from .results.rows import RowComparison, RowCount

if TYPE_CHECKING:
    from .connection import Connection

#: Called with (files done, files in all) while rows are counted.
Progress = Callable[[int, int], None]
#: Conflicting paths that an error carries.
CONFLICTS_MAX = 1000


@dataclass(frozen=True)
class Sandbox:
    """A throw-away branch.

    :param commit_id: where it begins.
    :param expires_at: when it is removed, in seconds since the epoch.
    """

    branch: Branch
    commit_id: str
    expires_at: int


class Repository:
    """A named collection of branches, commits, tags and objects.

    Made by :meth:`databranch.Connection.repository`. Every method asks the service; nothing is kept here, so
    that a repository never shows what was true a minute ago.
    """

    def __init__(self, name: str, default_branch: str, connection: Connection) -> None:
        self.name = name
        self.default_branch = default_branch
        self.connection = connection

    def __repr__(self) -> str:
        return f"databranch.Repository({self.name!r})"

    # ---- branches

    def branch(self, name: str | None = None) -> Branch:
        """A branch, the default one unless named.

        :raises ApiError: 404 when there is none of that name.
        """
        found = self._client.get(self._path("branches", name or self.default_branch))
        return Branch(self.name, found["id"], self)

    def branches(self, prefix: str = "", limit: int | None = None) -> BranchList:
        """The branches in order of their names, without hidden ones."""
        found = self._client.pages(self._path("branches"), {"prefix": prefix}, limit)
        return BranchList([(ref["id"], ref["commit_id"]) for ref in found], self.name)

    def create_branch(self, name: str, source: str | None = None) -> Branch:
        """Makes a branch from a ref, the default branch unless given. Costs the same whatever the amount of data.

        :raises ApiError: 409 when a branch or tag has that name, 404 when there is no such source.
        """
        self._client.send("POST", self._path("branches"), body={"name": name, "source": source or self.default_branch})
        return Branch(self.name, name, self)

    def delete_branch(self, name: str) -> None:
        """Deletes a branch with its uncommitted changes; commits that other refs reach stay."""
        self._client.send("DELETE", self._path("branches", name))

    # ---- commits

    def commit(
        self, branch: str, message: str, metadata: Mapping[str, str] | None = None, allow_empty: bool = False
    ) -> Commit:
        """Commits the uncommitted changes of a branch.

        :raises ApiError: 400 when there are none, unless ``allow_empty``.
        """
        wanted = {"message": message, "metadata": dict(metadata or {}), "allow_empty": allow_empty}
        return Commit.of(self._client.send("POST", self._path("branches", branch, "commits"), body=wanted))

    def commit_of(self, ref: str) -> Commit:
        """The commit that a ref expression names."""
        return Commit.of(self._client.get(self._path("commits", ref)))

    def log(self, ref: str, limit: int = 10) -> Log:
        """The newest ``limit`` commits that a ref reaches."""
        return Log(
            [Commit.of(told) for told in self._client.pages(self._path("refs", ref, "commits"), limit=limit)], ref
        )

    def state(self, branch: str) -> dict[str, Any]:
        """What a watcher of a branch needs, in one cheap request; see ``BranchState`` in the protocol."""
        path = api_path("databranch", "repositories", self.name, "branches", branch, "state")
        return dict(self._client.get(path))

    # ---- differences

    def changes(self, branch: str, prefix: str = "", limit: int | None = None) -> Changes:
        """What was written to a branch since its last commit."""
        return self._changes(
            self._path("branches", branch, "diff"), {"prefix": prefix}, limit, f"uncommitted on {branch}"
        )

    def diff(self, left: str, right: str, prefix: str = "", limit: int | None = None, two_way: bool = False) -> Changes:
        """What the commits of ``right`` did since the two refs went apart: what a merge into ``left`` would bring.

        With ``two_way`` all that tells them apart. Uncommitted changes are no part of it: :meth:`changes`.
        """
        query = {"prefix": prefix, "type": "two_dot" if two_way else "three_dot"}
        return self._changes(self._path("refs", left, "diff", right), query, limit, f"changed from {left} to {right}")

    def discard(self, branch: str, path: str | None = None) -> None:
        """Takes back uncommitted changes: all, one object's, or with a trailing ``/`` those below a folder."""
        what: dict[str, Any] = {"type": "reset"}
        if path is not None:
            what = {"type": "common_prefix" if path.endswith("/") else "object", "path": path}
        self._client.send("PUT", self._path("branches", branch), body=what)

    def merge(
        self,
        source: str,
        destination: str,
        message: str | None = None,
        metadata: Mapping[str, str] | None = None,
        strategy: str | None = None,
        squash: bool = False,
        force: bool = False,
    ) -> Commit:
        """Merges the commits of a ref into a branch.

        :param strategy: ``source-wins`` or ``dest-wins`` where both changed a path; by default that is a conflict.
        :param squash: make one commit of it, without the source as a parent.
        :param force: although the guards of the destination refuse it; the commit's metadata then say so.
        :raises MergeConflict: with the paths. :raises ApiError: 400 when there is nothing to merge, 412 when the
            guards of the destination refuse it.
        """
        body = _given(message=message, metadata=metadata, strategy=strategy, squash_merge=squash, force=force)
        try:
            merged = self._client.send("POST", self._path("refs", source, "merge", destination), body=body)
        except ApiError as error:
            raise self._conflict(error, source, destination) or error from error
        return self.commit_of(merged["reference"])

    # ---- sandboxes

    def create_sandbox(self, source: str | None = None) -> Sandbox:
        """Makes a throw-away branch: hidden, and removed after seven days. Uncommitted changes stay at the source.

        :raises ApiError: 404 when there is no such source.
        """
        told = self._client.send("POST", self._sandboxes_path(), body={"source": source or self.default_branch})
        return Sandbox(Branch(self.name, told["branch"], self), told["commit_id"], told["expires_at"])

    def keep_sandbox(
        self, sandbox: str, name: str, message: str | None = None, metadata: Mapping[str, str] | None = None
    ) -> Branch:
        """Commits what lies on a sandbox, makes the branch ``name`` of it, and removes the sandbox.

        :raises ApiError: 409 when a branch has that name, 404 when the sandbox is gone.
        """
        body = {"name": name, **_given(message=message, metadata=metadata)}
        kept = self._client.send("POST", self._sandboxes_path(sandbox, "keep"), body=body)
        return Branch(self.name, kept["id"], self)

    def merge_sandbox(
        self,
        sandbox: str,
        destination: str,
        message: str | None = None,
        metadata: Mapping[str, str] | None = None,
        strategy: str | None = None,
    ) -> Commit:
        """Commits what lies on a sandbox, merges it into a branch, and removes the sandbox.

        :raises MergeConflict: with the paths; the sandbox is still there then.
        """
        given = _given(message=message, metadata=metadata, strategy=strategy)
        body = {"destination": destination, **given}
        try:
            merged = self._client.send("POST", self._sandboxes_path(sandbox, "merge"), body=body)
        except ApiError as error:
            raise self._conflict(error, sandbox, destination) or error from error
        return self.commit_of(merged["reference"])

    def discard_sandbox(self, sandbox: str) -> None:
        """Removes a sandbox, and never an ordinary branch."""
        self._client.send("DELETE", self._sandboxes_path(sandbox))

    # ---- undo

    def operations(self, branch: str, limit: int | None = None) -> OperationLog:
        """What was done to a branch, from the newest on; also to one that was deleted."""
        told = self._client.pages(self._operations_path(), {"branch": branch}, limit)
        return OperationLog([Operation.of(one) for one in told], f"to {branch}")

    def undo(self, operation: str) -> Operation:
        """Takes an operation back, uncommitted changes included.

        :param operation: its id.
        :returns: the undo, as the log has it.
        :raises ApiError: 409 when the branch is not where the operation left it; the message names what came later.
        """
        return Operation.of(self._client.send("POST", self._operations_path(operation, "undo")))

    # ---- rows

    def rowcount(self, ref: str, path: str = "", progress: Progress | None = None) -> RowCount:
        """Counts the rows below a path of a ref, uncommitted changes included. Reads footers, not data."""
        told = self._rows(self._refs_path(ref, "rows"), {"path": path}, progress)
        return RowCount(self.name, told)

    def compare(
        self,
        left: str,
        right: str,
        path: str = "",
        left_path: str | None = None,
        right_path: str | None = None,
        progress: Progress | None = None,
        by: str | None = None,
    ) -> RowComparison:
        """Compares the rows of two refs, data set by data set; ``left`` is the base.

        :param left_path: with ``right_path``: these two folders, though their names differ.
        :param by: ``partition`` or ``file``: only those of the data sets that differ, each by itself.
        """
        query = {"path": path, "left_path": left_path, "right_path": right_path, "by": by}
        told = self._rows(self._refs_path(left, "rows", right), query, progress)
        return RowComparison(self.name, told)

    def duplicates(
        self,
        ref: str,
        path: str = "",
        base: str | None = None,
        keys: Sequence[str] = (),
        examples: int = 5,
        progress: Progress | None = None,
    ) -> Duplicates:
        """Counts rows that occur more than once, exactly: every row is compared.

        :param base: a ref; the answer then says which of them are new.
        :param keys: columns by which rows are the same; all unless given.
        """
        query = {"path": path, "base": base, "keys": list(keys), "examples": examples}
        told = self._rows(self._refs_path(ref, "duplicates"), query, progress)
        return Duplicates(self.name, told)

    def rowdiff(
        self,
        left: str,
        right: str,
        path: str = "",
        keys: Sequence[str] = (),
        limit: int = 20,
        progress: Progress | None = None,
    ) -> RowDiff:
        """The rows of one data set that differ between two refs; ``left`` is the base.

        :param keys: columns by which a row that went and one that came are one row that changed.
        :param limit: rows to fetch, at most 1,000; :meth:`export_rowdiff` gives all of them.
        """
        query = {"path": path, "keys": list(keys), "amount": limit}
        return RowDiff(self.name, self._answer(self._refs_path(left, "rowdiff", right), query, progress))

    def export_rowdiff(self, left: str, right: str, file: Path, path: str = "", keys: Sequence[str] = ()) -> int:
        """Writes all rows that differ to a local Parquet file, in the form of a change data feed.

        :returns: its size in bytes.
        """
        query: Query = {"path": path, "keys": list(keys)}
        return self._client.download(self._refs_path(left, "rowdiff", right, "parquet"), query, file)

    def columns(
        self, left: str, right: str, path: str = "", all_files: bool = False, progress: Progress | None = None
    ) -> ColumnStatistics:
        """Statistics of a data set's columns on two refs, side by side: of the files that differ, or of all."""
        query = {"path": path, "files": "all" if all_files else "changed"}
        return ColumnStatistics(self.name, self._answer(self._refs_path(left, "columns", right), query, progress))

    def preview(
        self, ref: str, path: str, origin: Origin = "first", limit: int = 10, columns: Sequence[str] = ()
    ) -> FileRows:
        """A few rows of one data file, with their types. Little of the file is read: no more than 64 MiB.

        :param limit: rows, at most 1,000.
        :param columns: which; none stands for all.
        :raises MissingPackage: where there is no pyarrow.
        """
        query: Query = {"path": path, "from": origin, "amount": limit, "columns": list(columns)}
        stream = self._client.read(self._refs_path(ref, "preview"), query)
        return FileRows.read(self.name, ref, path, origin, stream)

    def rowlog(self, ref: str, path: str = "", limit: int = 20, progress: Progress | None = None) -> RowLog:
        """The number of rows at a path along the history of a ref: which commit changed it, and by which files."""
        told = self._answer(self._refs_path(ref, "rowlog"), {"path": path, "amount": limit}, progress)
        return RowLog(self.name, told)

    def merge_preview(
        self, source: str, destination: str, strategy: str | None = None, progress: Progress | None = None
    ) -> MergePreview:
        """What a merge would make of the destination, and what its guards have against it. Nothing moves."""
        path = self._refs_path(source, "merge", destination, "preview")
        return MergePreview(self.name, self._rows(path, {"strategy": strategy}, progress))

    # ---- how

    @property
    def _client(self) -> Client:
        return self.connection.client

    def _path(self, *segments: str) -> str:
        return api_path("repositories", self.name, *segments)

    def _refs_path(self, *segments: str) -> str:
        return api_path("databranch", "repositories", self.name, "refs", *segments)

    def _operations_path(self, *segments: str) -> str:
        return api_path("databranch", "repositories", self.name, "operations", *segments)

    def _sandboxes_path(self, *segments: str) -> str:
        return api_path("databranch", "repositories", self.name, "sandboxes", *segments)

    def _changes(self, path: str, query: dict[str, str], limit: int | None, subject: str) -> Changes:
        # One more than asked for tells whether there are more.
        pages = self._client.pages(path, query, None if limit is None else limit + 1)
        found = [Change.of(told) for told in pages]
        return Changes(found[:limit], subject, more=limit is not None and len(found) > limit)

    def _conflict(self, error: ApiError, source: str, destination: str) -> MergeConflict | None:
        if error.status != 409:
            return None
        query = {"type": "three_dot"}
        differences = self._client.pages(self._path("refs", destination, "diff", source), query)
        conflicts = (told["path"] for told in differences if told["type"] == "conflict")
        paths = list(islice(conflicts, CONFLICTS_MAX + 1))
        return MergeConflict(error.message, paths[:CONFLICTS_MAX], len(paths) > CONFLICTS_MAX) if paths else None

    def _rows(self, path: str, query: Mapping[str, Any], progress: Progress | None) -> dict[str, Any]:
        """All pages of a rows endpoint as one answer."""
        whole: dict[str, Any] | None = None
        after = ""
        while True:
            page = self._answer(path, {**query, "after": after, "amount": 1000}, progress)
            if whole is None:
                whole = page
            else:
                whole["datasets"] += page["datasets"]
                whole["pagination"] = {**page["pagination"], "results": len(whole["datasets"])}
            if not page["pagination"]["has_more"]:
                return whole
            after = page["pagination"]["next_offset"]

    def _answer(self, path: str, query: Mapping[str, Any], progress: Progress | None) -> dict[str, Any]:
        if progress is None:
            return dict(self._client.get(path, query))
        for event in self._client.events(path, query):
            if event.name == "progress":
                progress(event.data["files_done"], event.data["files_total"])
            elif event.name == "result":
                return dict(event.data)
            elif event.name == "error":
                raise ApiError(int(event.data.get("status", 500)), str(event.data["message"]))
        raise ApiError(500, f"The service ended without a result: {json.dumps(query)}")


def _given(**wanted: Any) -> dict[str, Any]:
    """Without what was left to the service."""
    return {name: dict(value) if isinstance(value, Mapping) else value for name, value in wanted.items() if value}
