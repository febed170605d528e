"""Every module of web/ and api/ that offers a `router` is a door: nothing to list by hand, nothing to forget."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

from fastapi import APIRouter


def routers_in(package_name: str) -> Iterator[APIRouter]:
    """Return the routers of a package's modules, by module name."""
    package = import_module(package_name)
    for found in sorted(iter_modules(package.__path__), key=lambda module: module.name):
        router = getattr(import_module(f"{package_name}.{found.name}"), "router", None)
        if isinstance(router, APIRouter):
            yield router
