"""The doors that a stranger may use without signing in; every other one turns strangers away."""

PUBLIC = {
    "GET /",
    "GET /sign-in",
    "POST /sign-in",
    "GET /sign-up",
    "POST /sign-up",
    "GET /sign-in/use",
    "POST /sign-in/use",
    "POST /sign-out",
    "POST /language",
    "GET /demo/mail",
    "GET /demo/mail/{key}",
    "GET /how-we-count",
    "GET /api/v1/health",
    "GET /api/v1/matching/criteria",
    "GET /api/v1/openapi.json",
    "GET /api/v1/terms",
    "GET /about",
    "GET /who-sees-what",
    "GET /accessibility",
    "GET /guide",
    "GET /terms",
    "GET /terms/{code}",
    "GET /api/v1/terms/{code}",
    # A visitor's own reading: the cookie decides, and to anybody else there is nothing.
    "GET /readings/{reading_id}/picture",
}
