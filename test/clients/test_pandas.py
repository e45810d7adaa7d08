"""pandas over pyarrow's S3 file system, and over s3fs where one that fits is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

pd = pytest.importorskip("pandas", reason="pandas is not installed: pip install pandas")
fs = pytest.importorskip("pyarrow.fs", reason="pyarrow is not installed: pip install pyarrow")

if TYPE_CHECKING:
    from conftest import Service

ROWS = 5_000


@pytest.fixture
def frame() -> pd.DataFrame:
    return pd.DataFrame({"id": range(ROWS), "text": [f"größer, {i}" for i in range(ROWS)]})


@pytest.fixture
def files(service: Service) -> Any:
    return fs.S3FileSystem(
        endpoint_override=urlsplit(service.url).netloc,
        scheme="http",
        access_key=service.access_key_id,
        secret_key=service.secret_access_key,
        region="us-east-1",
    )


def test_parquet_over_pyarrow(files: Any, bucket: str, frame: pd.DataFrame) -> None:
    path = f"{bucket}/main/frame.parquet"
    frame.to_parquet(path, filesystem=files)
    pd.testing.assert_frame_equal(pd.read_parquet(path, filesystem=files), frame)


def test_a_partitioned_folder_over_pyarrow(files: Any, bucket: str, frame: pd.DataFrame) -> None:
    path = f"{bucket}/main/frame"
    frame.assign(part=frame["id"] % 3).to_parquet(path, filesystem=files, partition_cols=["part"])
    read = pd.read_parquet(path, filesystem=files, filters=[("part", "=", 1)])
    assert sorted(read["id"]) == list(range(1, ROWS, 3))


def test_csv_over_pyarrow(files: Any, bucket: str, frame: pd.DataFrame) -> None:
    path = f"{bucket}/main/frame.csv"
    with files.open_output_stream(path) as out:
        frame.to_csv(out, index=False)
    with files.open_input_stream(path) as source:
        pd.testing.assert_frame_equal(pd.read_csv(source), frame)


@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_addresses_over_s3fs(storage_options: dict[str, str], bucket: str, frame: pd.DataFrame, kind: str) -> None:
    address = f"s3://{bucket}/main/frame.{kind}"
    if kind == "parquet":
        frame.to_parquet(address, storage_options=storage_options)
        read = pd.read_parquet(address, storage_options=storage_options)
    else:
        frame.to_csv(address, index=False, storage_options=storage_options)
        read = pd.read_csv(address, storage_options=storage_options)
    pd.testing.assert_frame_equal(read, frame)


def test_a_missing_branch_is_named_over_s3fs(storage_options: dict[str, str], bucket: str, frame: pd.DataFrame) -> None:
    with pytest.raises(FileNotFoundError, match='Branch "nowhere" does not exist'):
        frame.to_csv(f"s3://{bucket}/nowhere/frame.csv", storage_options=storage_options)
    with pytest.raises(FileNotFoundError, match='no branch, tag or commit "nowhere"'):
        pd.read_csv(f"s3://{bucket}/nowhere/frame.csv", storage_options=storage_options)
