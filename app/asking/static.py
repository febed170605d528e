"""Files that browsers load: kept for good under a marked address, asked for again under a plain one."""

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FOR_GOOD = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"


class KeptFiles(StaticFiles):
    """Static files with the right word to caches; see app/ground/assets.py for the mark."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return the file, or 304 where the browser has it already."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = FOR_GOOD if scope["query_string"].startswith(b"v=") else ASK_AGAIN
        return response
