"""The service as an S3 store, in the words of each library that reads and writes S3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .endpoint import Endpoint

if TYPE_CHECKING:
    from pyarrow.fs import S3FileSystem

#: Signature V4 needs a region; the service takes any and this is every client's first guess.
REGION = "us-east-1"


def fsspec_options(endpoint: Endpoint) -> dict[str, Any]:
    """For s3fs: what pandas and Dask take as ``storage_options``."""
    return {
        "key": endpoint.access_key_id,
        "secret": endpoint.secret_access_key,
        "endpoint_url": endpoint.url,
        "client_kwargs": {"region_name": REGION},
        # A listing is right at the moment it is made; the branch may be written to by Spark the next moment.
        "use_listings_cache": False,
    }


def object_store_options(endpoint: Endpoint) -> dict[str, str]:
    """For the Rust crate ``object_store``: what Polars and delta-rs take as ``storage_options``."""
    options = {
        "aws_access_key_id": endpoint.access_key_id,
        "aws_secret_access_key": endpoint.secret_access_key,
        "aws_endpoint_url": endpoint.url,
        "aws_region": REGION,
        "aws_virtual_hosted_style_request": "false",
    }
    if endpoint.url.startswith("http://"):
        options["aws_allow_http"] = "true"
    return options


def arrow_filesystem(endpoint: Endpoint) -> S3FileSystem:
    """For pyarrow, and whatever takes its file systems."""
    from pyarrow.fs import S3FileSystem

    address = urlsplit(endpoint.url)
    return S3FileSystem(
        access_key=endpoint.access_key_id,
        secret_key=endpoint.secret_access_key,
        endpoint_override=address.netloc,
        scheme=address.scheme,
        region=REGION,
    )
