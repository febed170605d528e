"""Every change must come from a page of ours: the browser says so itself, in headers that no script can forge."""

from urllib.parse import urlsplit

from fastapi import Request

from app.ground.errors import NotAllowed
from app.ground.i18n import _

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class FromElsewhere(NotAllowed):
    """The form was not sent from a page of this service."""

    code = "from_elsewhere"
    message = _(
        "This form was not sent from a page of this service, so nothing was changed. Open the page again and retry."
    )


async def same_origin(request: Request) -> None:
    """Refuse a changing request that no page of ours sent.

    Sec-Fetch-Site decides where the browser sends it (all current ones do); else Origin must name this host.
    A request with neither header is refused: no browser sends a form so. Raises FromElsewhere.
    """
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site == "same-origin":
            return
        raise FromElsewhere
    if urlsplit(request.headers.get("origin", "")).netloc != request.headers.get("host"):
        raise FromElsewhere
