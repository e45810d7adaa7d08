"""Which headers and query parameters pass between the browser and the service.

Towards the service a list of what passes, not of what does not: what proxies and hubs put beside Jupyter's
own credentials (access tokens, user names) is theirs to invent. Towards the browser the other way round, as
the service is ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import quote, unquote, unquote_plus

_TO_SERVICE = frozenset(
    {
        "accept",
        "accept-encoding",
        "accept-language",
        "cache-control",
        "content-encoding",
        "content-length",
        "content-md5",
        "content-type",
        "if-match",
        "if-modified-since",
        "if-none-match",
        "if-range",
        "if-unmodified-since",
        "last-event-id",
        "range",
    }
)
#: User metadata of an uploaded object.
_TO_SERVICE_PREFIX = "x-lakefs-meta-"

# RFC 9110, section 7.6.1, and those that older agents treat alike.
_HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
#: Jupyter speaks for itself here; ``WWW-Authenticate`` would open the browser's own login window.
_NOT_TO_BROWSER = _HOP_BY_HOP | {
    "access-control-allow-credentials",
    "access-control-allow-origin",
    "content-security-policy",
    "date",
    "server",
    "set-cookie",
    "www-authenticate",
    "x-content-type-options",
}

#: Jupyter's own parameters: its token, its XSRF token, and the wish not to count as activity.
_JUPYTER_PARAMETERS = frozenset({"token", "_xsrf", "no_track_activity"})

#: What a page may load and do that is made of an object's bytes: nothing.
CONTENT_SECURITY_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"

#: What scripts fetch, as against what a person downloads.
_API_TYPES = ("application/json", "text/event-stream")


def to_service(headers: Iterable[tuple[str, str]], authorization: str) -> dict[str, str]:
    """The headers of a forwarded request."""
    passed = {
        name: value
        for name, value in headers
        if name.lower() in _TO_SERVICE or name.lower().startswith(_TO_SERVICE_PREFIX)
    }
    return {**passed, "Authorization": authorization}


def to_browser(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The headers of a forwarded answer; those that a ``Connection`` header names are hop-by-hop too."""
    told = list(headers)
    named = {part.strip().lower() for name, value in told if name.lower() == "connection" for part in value.split(",")}
    return [(name, value) for name, value in told if name.lower() not in _NOT_TO_BROWSER | named]


def guards(headers: Mapping[str, str], path: str, query: str) -> dict[str, str]:
    """What is added to every answer, so that bytes from the data never become a page of Jupyter's origin."""
    added = {"Content-Security-Policy": CONTENT_SECURITY_POLICY, "X-Content-Type-Options": "nosniff"}
    media_type = headers.get("Content-Type", "").split(";")[0].strip().lower()
    if media_type == "text/event-stream":
        # nginx, which often stands before a hub, would hold events back.
        added["X-Accel-Buffering"] = "no"
    if media_type not in _API_TYPES:
        added["Content-Disposition"] = _attachment(_object_name(path, query))
    return added


def query_to_service(query: str) -> str:
    """The query string without Jupyter's own parameters; the rest byte by byte as it came."""
    return "&".join(
        part for part in query.split("&") if part and unquote_plus(part.split("=")[0]) not in _JUPYTER_PARAMETERS
    )


def path_to_service(path: str) -> str | None:
    """The part of a raw request path below ``/api/v1/``, percent-encoding and all; None for one that is refused.

    What the service sees must lie below ``/api/v1/`` whoever normalises it on the way: no segment may be,
    or decode to, ``.`` or ``..``, and no backslash may stand for a slash. ``%2F`` stays what it is: a slash
    inside a name.
    """
    decoded = unquote(path)
    if "\\" in decoded or any(ord(char) < 0x20 or ord(char) == 0x7F for char in decoded):
        return None
    if any(segment in (".", "..") for segment in decoded.split("/")):
        return None
    return path


def _object_name(path: str, query: str) -> str:
    """The last name of the object that is asked for, for the file that the browser saves."""
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if name == "path":
            return unquote_plus(value).rstrip("/").rsplit("/", 1)[-1]
    return unquote(path.rsplit("/", 1)[-1])


def _attachment(name: str) -> str:
    # RFC 6266: the plain form for old agents, the encoded one for names beyond ASCII.
    plain = "".join(char if char.isascii() and char.isprintable() and char not in '"\\' else "_" for char in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
