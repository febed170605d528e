"""create_app(settings) puts everything together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, Depends, FastAPI

from app.asking.csrf import same_origin
from app.asking.doors import routers_in
from app.asking.headers import SecureHeaders
from app.asking.refusals import answer_refusals
from app.asking.size import BodyLimit
from app.asking.static import KeptFiles
from app.ground.assets import STATIC
from app.ground.db import SERVICE_ROLE, engine_for, sessions_for
from app.ground.privilege import refuse_a_mighty_login
from app.settings import Settings
from app.trials.actions.dropping import LARGEST_FILE

# The largest thing that is sent to us is a downloaded study record.
LARGEST_BODY = 12 * 1024 * 1024
# Exports of registries are larger, and read only once it is known that an officer or administrator sends them.
LARGER_BODIES = {"/registries/files": LARGEST_FILE + 1024 * 1024}


def create_app(settings: Settings) -> FastAPI:
    """Return the service, ready to be served; it opens its database pool as it starts."""
    app = FastAPI(
        title="Madoguchi",
        summary="A bilingual one-stop window for clinical trials in Japan",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=with_database,
        dependencies=[Depends(same_origin)],
    )
    app.state.settings = settings
    answer_refusals(app)
    for router in routers_in("app.web"):
        app.include_router(router, include_in_schema=False)
    api = APIRouter(prefix="/api/v1")
    for router in routers_in("app.api"):
        api.include_router(router)
    app.include_router(api)
    app.mount("/static", KeptFiles(directory=STATIC), name="static")
    app.add_middleware(BodyLimit, limit=LARGEST_BODY, larger=LARGER_BODIES)
    app.add_middleware(SecureHeaders, https=settings.served_over_https)
    return app


@asynccontextmanager
async def with_database(app: FastAPI) -> AsyncIterator[None]:
    """Open the pool of connections while the service runs, as the role that owns nothing."""
    settings: Settings = app.state.settings
    if settings.environment == "production":
        await refuse_a_mighty_login(settings.database_url)
    engine = engine_for(settings.database_url, role=SERVICE_ROLE)
    app.state.sessions = sessions_for(engine)
    yield
    await engine.dispose()
