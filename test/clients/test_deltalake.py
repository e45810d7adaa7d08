"""delta-rs: Delta tables over the Rust crate ``object_store``, whose writers agree by conditional writes alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

deltalake = pytest.importorskip("deltalake", reason="delta-rs is not installed: pip install deltalake")
pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed: pip install pyarrow")

if TYPE_CHECKING:
    from conftest import Service

WRITERS = 4
APPENDS = 5


@pytest.fixture
def options(service: Service) -> dict[str, str]:
    return {
        "aws_access_key_id": service.access_key_id,
        "aws_secret_access_key": service.secret_access_key,
        "aws_endpoint_url": service.url,
        "aws_region": "us-east-1",
        "aws_allow_http": "true",
        "aws_conditional_put": "etag",
    }


def test_no_append_of_writers_beside_each_other_is_lost(bucket: str, options: dict[str, str]) -> None:
    address = f"s3://{bucket}/main/table"
    deltalake.write_deltalake(address, pa.table({"writer": [-1]}), storage_options=options)

    def append(writer: int) -> None:
        for _ in range(APPENDS):
            rows = pa.table({"writer": [writer]})
            deltalake.write_deltalake(address, rows, mode="append", storage_options=options)

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(append, range(WRITERS)))
    table = deltalake.DeltaTable(address, storage_options=options)
    assert table.version() == WRITERS * APPENDS
    found = table.to_pyarrow_table()["writer"].to_pylist()
    assert sorted(found) == [-1, *sorted(list(range(WRITERS)) * APPENDS)]
