"""A visitor who has not signed in is known by a cookie alone, of which only a hash is ever compared or stored."""

from typing import Annotated

from fastapi import Depends, Request

from app.asking.cookies import visitor_cookie
from app.asking.transaction import InSettings
from app.identity.rules import hashed


def visitor_hash(request: Request, settings: InSettings) -> str | None:
    """Return the hash of the visitor's cookie, None for a browser without one."""
    token = request.cookies.get(visitor_cookie(settings))
    return hashed(token) if token else None


VisitorHash = Annotated[str | None, Depends(visitor_hash)]
