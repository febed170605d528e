"""How a refusal is put to a person (a page in their words) and to a machine (RFC 9457 problem JSON)."""

from http import HTTPStatus
from uuid import uuid4

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException

from app.asking.headers import dress
from app.asking.page import page_for
from app.asking.who import NotSignedIn, sign_in_path
from app.ground.errors import Conflict, NotAllowed, NotFound, Refused, TooMany, Unacceptable
from app.ground.i18n import Message, _

STATUS: dict[type[Refused], HTTPStatus] = {
    NotFound: HTTPStatus.NOT_FOUND,
    NotAllowed: HTTPStatus.FORBIDDEN,
    Conflict: HTTPStatus.CONFLICT,
    Unacceptable: HTTPStatus.UNPROCESSABLE_ENTITY,
    TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    NotSignedIn: HTTPStatus.UNAUTHORIZED,
}
NOT_UNDERSTOOD = _("The address or the form was not as this service expects it. Go back and try again.")
NOT_THIS_VALUE = _("A value of another kind is expected here.")
WENT_WRONG = _(
    "Something went wrong on our side. What you typed was not saved. The operator can find it under this number: %(number)s"
)
HTTP_WORDS: dict[int, Message] = {
    404: NotFound.message,
    405: _("This address does not take this kind of request."),
    413: _("This is larger than the service accepts."),
}
# SQLSTATE of character_not_in_repertoire and untranslatable_character.
UNSTORABLE_TEXT = frozenset({"22021", "22P05"})
log = structlog.get_logger()


def answer_refusals(app: FastAPI) -> None:
    """Make every refusal and every failure of an app answer in words."""
    app.add_exception_handler(Refused, refuse)
    app.add_exception_handler(HTTPException, refuse_http)
    app.add_exception_handler(RequestValidationError, refuse_request)
    app.add_exception_handler(DBAPIError, refuse_text)
    app.add_exception_handler(Exception, went_wrong)


async def refuse(request: Request, error: Exception) -> Response:
    """Put a refusal of the product into the reader's words."""
    if not isinstance(error, Refused):
        raise TypeError("only refusals come here")
    if isinstance(error, NotSignedIn) and not wants_json(request):
        return RedirectResponse(sign_in_path(error.next_path), status_code=303)
    locale = page_for(request).locale
    fields = error.by_field(locale) if isinstance(error, Unacceptable) else None
    return answer(request, status_of(error), error.code, error.in_(locale), fields)


async def refuse_http(request: Request, error: Exception) -> Response:
    """Answer what the framework refuses: an unknown address, a wrong method."""
    status = HTTPStatus(error.status_code) if isinstance(error, HTTPException) else HTTPStatus.BAD_REQUEST
    words = HTTP_WORDS.get(status, NOT_UNDERSTOOD).in_(page_for(request).locale)
    return answer(request, status, status.name.lower(), words)


async def refuse_request(request: Request, error: Exception) -> Response:
    """Answer a request whose address or fields cannot be read; a bad id in an address is an unknown address."""
    places = [item["loc"] for item in error.errors()] if isinstance(error, RequestValidationError) else []
    if {place[0] for place in places} == {"path"}:
        return await refuse(request, NotFound())
    locale = page_for(request).locale
    fields = {str(place[-1]): NOT_THIS_VALUE.in_(locale) for place in places}
    words = NOT_UNDERSTOOD.in_(locale)
    return answer(request, HTTPStatus.UNPROCESSABLE_ENTITY, "not_understood", words, fields)


async def refuse_text(request: Request, error: Exception) -> Response:
    """Answer a text that PostgreSQL cannot hold (the NUL character, in an address or a field) as not understood."""
    if not isinstance(error, DBAPIError) or getattr(error.orig, "sqlstate", None) not in UNSTORABLE_TEXT:
        raise error
    words = NOT_UNDERSTOOD.in_(page_for(request).locale)
    return answer(request, HTTPStatus.UNPROCESSABLE_ENTITY, "not_understood", words)


async def went_wrong(request: Request, error: Exception) -> Response:
    """Answer a failure of ours with a number that stands in the log too, and with nothing of the cause."""
    number = uuid4().hex[:12]
    log.error("request failed", number=number, path=request.url.path, method=request.method, exc_info=error)
    words = WENT_WRONG.in_(page_for(request).locale, number=number)
    failed = answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, "failed", words)
    # This answer is made outside the layer that dresses all others.
    dress(failed.headers, https=request.app.state.settings.served_over_https)
    return failed


def status_of(error: Refused) -> HTTPStatus:
    """Return the HTTP status of a refusal: that of the nearest class in the tree."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), HTTPStatus.BAD_REQUEST)


def wants_json(request: Request) -> bool:
    """Say whether a machine is asking."""
    return request.url.path.startswith("/api/")


def answer(
    request: Request, status: HTTPStatus, code: str, words: str, fields: dict[str, str] | None = None
) -> Response:
    """Return a refusal as problem JSON under /api, as a page elsewhere."""
    if wants_json(request):
        return problem(status, code=code, detail=words, fields=fields)
    return page_for(request).show(
        "refused.html", status=status, words=words, fields=fields or {}, status_code=int(status)
    )


def problem(status: HTTPStatus, *, code: str, detail: str, fields: dict[str, str] | None = None) -> JSONResponse:
    """Return RFC 9457 problem JSON; `fields` maps a field to what to change."""
    body = {"type": "about:blank", "title": status.phrase, "status": int(status), "code": code, "detail": detail}
    if fields:
        body["errors"] = [{"field": field, "detail": words} for field, words in fields.items()]
    return JSONResponse(body, status_code=status, media_type="application/problem+json")
