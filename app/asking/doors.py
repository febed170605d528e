"""Every module of web/ and api/, in whatever folder, that offers a `router` is a door: nothing to list, nothing to forget."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages

from fastapi import APIRouter


def routers_in(package_name: str) -> Iterator[APIRouter]:
    """Return the routers of a package's modules and folders, by module name."""
    package = import_module(package_name)
    inside = walk_packages(package.__path__, f"{package_name}.")
    for found in sorted(inside, key=lambda module: module.name):
        router = getattr(import_module(found.name), "router", None)
        if isinstance(router, APIRouter):
            yield router
