"""What a branch says about itself, tried with the libraries that it says it to."""

from __future__ import annotations

from pathlib import Path

import pytest

from databranch.branches import Branch
from databranch.endpoint import Endpoint
from databranch.errors import ApiError
from databranch.repository import Repository
from databranch.storage import object_store_options

ROWS = {"id": [1, 2, 3], "name": ["a", "ü", "c"]}


@pytest.fixture
def branch(repository: Repository) -> Branch:
    return repository.branch()


def test_pandas_writes_and_reads_through_fsspec(branch: Branch) -> None:
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("s3fs", minversion="2024.6", reason="no s3fs that is new enough is installed")
    pytest.importorskip("pyarrow")
    written = pandas.DataFrame(ROWS)
    address = f"{branch.s3}/people/part-0.parquet"
    written.to_parquet(address, storage_options=branch.storage_options)
    read = pandas.read_parquet(address, storage_options=branch.storage_options)
    assert read.to_dict("list") == ROWS
    assert branch.changes().paths == ["people/part-0.parquet"]


def test_pyarrow_writes_and_reads_on_its_own_file_system(branch: Branch) -> None:
    arrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    files = branch.filesystem()
    parquet.write_to_dataset(arrow.table(ROWS), f"{branch.path}/people", filesystem=files)
    assert parquet.read_table(f"{branch.path}/people", filesystem=files).to_pydict() == ROWS


def test_pandas_takes_pyarrows_file_system_too(branch: Branch) -> None:
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    path = f"{branch.path}/people.parquet"
    pandas.DataFrame(ROWS).to_parquet(path, filesystem=branch.filesystem())
    assert pandas.read_parquet(path, filesystem=branch.filesystem()).to_dict("list") == ROWS


def test_polars_writes_and_reads(branch: Branch) -> None:
    polars = pytest.importorskip("polars", reason="polars is not installed")
    address = f"{branch.s3}/people/part-0.parquet"
    polars.DataFrame(ROWS).write_parquet(address, storage_options=branch.object_store_options)
    read = polars.read_parquet(address, storage_options=branch.object_store_options)
    assert read.to_dict(as_series=False) == ROWS


def test_a_plain_http_address_is_allowed_only_where_there_is_one() -> None:
    assert object_store_options(Endpoint("http://127.0.0.1:1", "k", "s"))["aws_allow_http"] == "true"
    assert "aws_allow_http" not in object_store_options(Endpoint("https://data.example.org", "k", "s"))


def test_a_local_file_is_uploaded_under_its_name_into_a_folder_or_as_told(branch: Branch, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("x\n1\n")
    assert branch.upload(file) == f"{branch.s3}/a.csv"
    assert branch.upload(file, "new/") == f"{branch.s3}/new/a.csv"
    assert branch.upload(str(file), "new/b.csv") == f"{branch.s3}/new/b.csv"
    assert branch.changes().paths == ["a.csv", "new/a.csv", "new/b.csv"]


def test_an_upload_of_nothing_and_to_nowhere_is_refused(branch: Branch, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        branch.upload(tmp_path / "missing.csv")
    (tmp_path / "a.csv").touch()
    branch._repository.create_branch("gone")
    gone = branch._repository.branch("gone")
    branch._repository.delete_branch("gone")
    with pytest.raises(ApiError, match="gone"):
        gone.upload(tmp_path / "a.csv")
