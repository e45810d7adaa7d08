"""The one error that a person sees when Spark cannot be used yet."""

from __future__ import annotations

from ..errors import DatabranchError


class SparkMissing(DatabranchError):
    """Spark, Java or the jars that speak S3 are not there; the message says how to get them."""

    def _render_traceback_(self) -> list[str]:
        # IPython asks for this: in a notebook the sentence is enough, a traceback says nothing more.
        return [str(self)]


HOW_TO_INSTALL = (
    "In a checkout of Databranch run `npm run spark`, elsewhere `python -m databranch.local_spark`, "
    "and then this cell again."
)
