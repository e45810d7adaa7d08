"""The code that the panel copies ("Copy Path As"), run as somebody runs it who pastes it into a notebook."""

from __future__ import annotations

import gzip
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Service

pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed: pip install pyarrow")

CHECKOUT = Path(__file__).parents[2]
#: Made from `src/lab` by `npm run build`.
SNIPPETS = CHECKOUT / "lib" / "lab" / "snippets" / "snippets.js"
PRINT = f"""
const {{ snippetOf }} = await import({json.dumps(SNIPPETS.as_uri())});
process.stdout.write(snippetOf(...JSON.parse(process.argv[1])));
"""
TABLE = pa.table({"id": range(100), "text": [f"größer, {i}" for i in range(100)]})


def parquet() -> bytes:
    from pyarrow import parquet as pq

    stream = io.BytesIO()
    pq.write_table(TABLE, stream)
    return stream.getvalue()


def feather() -> bytes:
    from pyarrow import feather as arrow

    stream = io.BytesIO()
    arrow.write_feather(TABLE, stream)
    return stream.getvalue()


def csv(delimiter: str = ",") -> bytes:
    from pyarrow import csv as text

    stream = io.BytesIO()
    text.write_csv(TABLE, stream, text.WriteOptions(delimiter=delimiter))
    return stream.getvalue()


def json_lines() -> bytes:
    return "".join(f"{json.dumps(row)}\n" for row in TABLE.to_pylist()).encode()


#: Object → what is in it. Names that users give to files.
OBJECTS: dict[str, Callable[[], bytes]] = {
    'it\'s "new"/part 0.parquet': parquet,
    'it\'s "new"/part 1.parquet': parquet,
    "people.csv": csv,
    "people.tsv": lambda: csv("\t"),
    "people.csv.gz": lambda: gzip.compress(csv()),
    "events.jsonl": json_lines,
    "events.ndjson.gz": lambda: gzip.compress(json_lines()),
    "people.feather": feather,
    "tables/0.csv": csv,
    "tables/1.csv": csv,
    "lines/0.jsonl": json_lines,
    "arrow/0.arrow": feather,
}
#: What is copied → how many rows it has. A data set's row in the panel knows its format.
COPIED: dict[str, tuple[dict[str, str], int]] = {
    "a folder of Parquet files": ({"path": 'it\'s "new"/'}, 200),
    "a Parquet file": ({"path": 'it\'s "new"/part 1.parquet'}, 100),
    "a CSV file": ({"path": "people.csv"}, 100),
    "a file with tabs": ({"path": "people.tsv"}, 100),
    "a packed CSV file": ({"path": "people.csv.gz"}, 100),
    "JSON Lines": ({"path": "events.jsonl"}, 100),
    "packed JSON Lines": ({"path": "events.ndjson.gz"}, 100),
    "a Feather file": ({"path": "people.feather"}, 100),
    "a data set of CSV files": ({"path": "tables/", "format": "csv"}, 200),
    "a data set of JSON Lines": ({"path": "lines/", "format": "json"}, 100),
    "a data set of Arrow files": ({"path": "arrow/", "format": "arrow"}, 100),
}
#: Library → what tells how many rows its code has found.
COUNTED = {
    "pandas": "len(df)",
    "polars": "len(df)",
    "duckdb": 'duckdb.sql("SELECT count(*) FROM rows").fetchall()[0][0]',
    "spark": "df.count()",
}
#: Runs all code of one library in one process, because libraries take seconds to load, and prints what it found.
RUN = """
import json, sys
given, count = {}, sys.argv[1]
if sys.argv[2] == "spark":
    from databranch.local_spark.session import start_session
    given = {"spark": start_session("test", {})}
found = {}
for what, code in json.load(sys.stdin).items():
    names = dict(given)
    exec(code, names)
    found[what] = eval(count, names)
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def repository(service: Service) -> str:
    """A repository with all of `OBJECTS` on main."""
    from databranch.connection import Connection, FixedEndpoint
    from databranch.endpoint import endpoint_of

    endpoint = endpoint_of(service.url, service.access_key_id, service.secret_access_key)
    with_data = Connection(FixedEndpoint(endpoint)).create_repository("copied-code")
    files = with_data.branch("main").filesystem()
    for path, content in OBJECTS.items():
        # By default pyarrow packs what has a name like that.
        with files.open_output_stream(f"{with_data.name}/main/{path}", compression=None) as file:
            file.write(content())
    return with_data.name


def copied(form: str, repository: str, place: dict[str, str]) -> str:
    """What the panel copies; skips where it is not built."""
    node = shutil.which("node")
    if node is None or not SNIPPETS.is_file():
        pytest.skip("the panel is not built: npm run build")
    arguments = json.dumps([form, {"repository": repository, "ref": "main", **place}, "http://127.0.0.1/lab"])
    command = [node, "--input-type=module", "-e", PRINT, arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("library", COUNTED)
def test_copied_code_reads_every_row(service: Service, repository: str, library: str) -> None:
    package = {"spark": "pyspark"}.get(library, library)
    if find_spec(package) is None:
        pytest.skip(f"{package} is not installed")
    code = {what: copied(library, repository, place) for what, (place, _) in COPIED.items()}
    # What a kernel beside the service knows of it.
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("DATABRANCH_", "LAKECTL_"))},
        "DATABRANCH_ENDPOINT": service.url,
        "DATABRANCH_ACCESS_KEY_ID": service.access_key_id,
        "DATABRANCH_SECRET_ACCESS_KEY": service.secret_access_key,
    }
    ran = subprocess.run(
        [sys.executable, "-c", RUN, COUNTED[library], library],
        input=json.dumps(code),
        env=environment,
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    found: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    assert found == {what: rows for what, (_, rows) in COPIED.items()}
