"""What can go wrong, as sentences for the person who has to act.

Every error of this package is a :class:`DatabranchError`; its text is complete and is shown to users as it
is, by the magics without a traceback and by the Jupyter server as ``{"message": …}``.
"""

from __future__ import annotations


class DatabranchError(Exception):
    """Base of all errors of this package."""


class ServiceUnavailable(DatabranchError):
    """The service could not be found, started or reached; the text says which and what to do."""


class ApiError(DatabranchError):
    """The service refused a request.

    :param status: the HTTP status, e.g. 404 for something that does not exist, 409 for a conflict.
    :param message: the service's own sentence.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class MergeConflict(ApiError):
    """Both sides of a merge changed the same paths.

    :param paths: the first of them, ordered by path bytes.
    :param more: whether there are others beyond ``paths``.
    """

    def __init__(self, message: str, paths: list[str], more: bool) -> None:
        super().__init__(409, message)
        self.paths = paths
        self.more = more


class NotChosen(DatabranchError):
    """It is not clear which repository or branch is meant; the text lists what there is."""


class MissingPackage(DatabranchError):
    """Something needs a Python package that is not there.

    :param need: what needs it, as a sentence's beginning.
    :param package: its name for pip.
    """

    def __init__(self, need: str, package: str) -> None:
        super().__init__(f"{need}, and this kernel has none: %pip install {package}, then try again.")
