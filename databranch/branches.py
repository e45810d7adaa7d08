"""A branch: where to read and write, and what to do with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import spark, storage
from .client import api_path

if TYPE_CHECKING:
    from pyarrow.fs import S3FileSystem

    from .repository import Progress, Repository
    from .results.changes import Changes
    from .results.commits import Commit, Log
    from .results.rows import RowComparison, RowCount


@dataclass(frozen=True)
class Branch:
    """A branch of a repository, as notebooks use it.

    It never changes: switching to another branch makes another object. In an f-string it is its name.

    >>> df.write.parquet(f"{branch.s3a}/reviews")
    >>> df.to_parquet(f"{branch.s3}/reviews/a.parquet", storage_options=branch.storage_options)
    >>> branch.rowcount("reviews/").rows
    486000
    """

    repository: str
    name: str
    _repository: Repository = field(repr=False, compare=False)

    def __str__(self) -> str:
        return self.name

    # ---- addresses

    @property
    def path(self) -> str:
        """``repository/branch``: what S3 clients put before an object's path, bucket first."""
        return f"{self.repository}/{self.name}"

    @property
    def s3a(self) -> str:
        """The branch as Spark addresses it, without a slash at the end."""
        return f"s3a://{self.path}"

    @property
    def s3(self) -> str:
        """The branch as S3 clients address it."""
        return f"s3://{self.path}"

    @property
    def lakefs(self) -> str:
        """The branch as lakeFS clients address it."""
        return f"lakefs://{self.path}"

    # ---- settings for other libraries

    def spark_conf(self) -> dict[str, str]:
        """Settings for a Spark session that is yet to be made: ``for k, v in …: builder.config(k, v)``.

        They hold for this repository's bucket only. For a session that runs: :func:`databranch.configure`.
        """
        return spark.session_settings(self._endpoint, self.repository)

    @property
    def storage_options(self) -> dict[str, Any]:
        """``storage_options`` of pandas, Dask and fsspec, which read ``s3://`` through s3fs."""
        return storage.fsspec_options(self._endpoint)

    @property
    def object_store_options(self) -> dict[str, str]:
        """``storage_options`` of Polars and delta-rs."""
        return storage.object_store_options(self._endpoint)

    def filesystem(self) -> S3FileSystem:
        """A pyarrow file system; paths on it begin with :attr:`path`. Also ``filesystem=`` of pandas."""
        return storage.arrow_filesystem(self._endpoint)

    # ---- verbs

    def commit(self, message: str, metadata: Mapping[str, str] | None = None, allow_empty: bool = False) -> Commit:
        """Commits the uncommitted changes; see :meth:`Repository.commit`."""
        return self._repository.commit(self.name, message, metadata, allow_empty)

    def changes(self, prefix: str = "", limit: int | None = None) -> Changes:
        """The uncommitted changes."""
        return self._repository.changes(self.name, prefix, limit)

    def discard(self, path: str | None = None) -> None:
        """Takes back uncommitted changes; see :meth:`Repository.discard`."""
        self._repository.discard(self.name, path)

    def diff(self, base: str, prefix: str = "", limit: int | None = None) -> Changes:
        """What the commits of this branch changed since it left ``base``."""
        return self._repository.diff(base, self.name, prefix, limit)

    def merge_into(self, destination: str, message: str | None = None, strategy: str | None = None) -> Commit:
        """Merges this branch's commits into another; see :meth:`Repository.merge`."""
        return self._repository.merge(self.name, destination, message, strategy=strategy)

    def log(self, limit: int = 10) -> Log:
        """The newest commits."""
        return self._repository.log(self.name, limit)

    def rowcount(self, path: str = "", progress: Progress | None = None) -> RowCount:
        """Counts the rows below a path, uncommitted changes included."""
        return self._repository.rowcount(self.name, path, progress)

    def compare(self, base: str, path: str = "", progress: Progress | None = None) -> RowComparison:
        """Compares the rows below a path with those of ``base``."""
        return self._repository.compare(base, self.name, path, progress=progress)

    def upload(self, file: str | Path, path: str | None = None, content_type: str = "application/octet-stream") -> str:
        """Uploads a local file as an uncommitted change, streamed; gives its address on the branch.

        :param path: where it goes; a trailing ``/`` means below that folder. By default the file's name.
        """
        local = Path(file)
        target = path or local.name
        if target.endswith("/"):
            target += local.name
        self._repository.connection.client.upload(
            api_path("repositories", self.repository, "branches", self.name, "objects"),
            {"path": target},
            local,
            content_type,
        )
        return f"{self.s3}/{target}"

    @property
    def _endpoint(self) -> Any:
        return self._repository.connection.endpoint
