"""JSON of a source while it is read: a value by its path, and a finding where it has another shape."""

from collections.abc import Iterator
from typing import Any

from app.trials.reading.notes import Notes
from app.trials.record import Day, Text


class Tree:
    """One object of JSON and the notes of the record that is made of it. Texts are English."""

    def __init__(self, said: dict[str, Any], notes: Notes) -> None:
        self.said = said
        self.notes = notes

    def at(self, path: str) -> Any:
        """Return what stands at a path (a.b.c), None where a step is absent; a step that is no object is noted."""
        here: Any = self.said
        for step in path.split("."):
            if here is None:
                return None
            if not isinstance(here, dict):
                self.notes.find(path, "", "another_shape")
                return None
            here = here.get(step)
        return here

    def text(self, path: str) -> Text:
        """Return the text at a path."""
        return self.notes.text(path, en=self.at(path))

    def day(self, item: str, path: str) -> Day | None:
        """Return the date of a structure {date, type}."""
        said = self.at(path)
        if said is None:
            return None
        if not isinstance(said, dict):
            self.notes.find(item, "", "another_shape")
            return None
        return self.notes.day(item, said.get("date"), said.get("type"))

    def listed(self, path: str) -> list[Any]:
        """Return the list at a path, [] where it is absent; anything but a list is noted."""
        said = self.at(path)
        if said is not None and not isinstance(said, list):
            self.notes.find(path, "", "another_shape")
        return said if isinstance(said, list) else []

    def texts(self, path: str) -> tuple[Text, ...]:
        """Return the texts of a list, each as it stands, without empty ones."""
        return tuple(text for one in self.listed(path) if (text := self.notes.text(path, en=one)))

    def objects(self, path: str) -> Iterator[dict[str, Any]]:
        """Yield the objects of a list; anything else in it is noted."""
        for one in self.listed(path):
            if isinstance(one, dict):
                yield one
            else:
                self.notes.find(path, "", "another_shape")

    def each(self, path: str, key: str) -> Iterator[Any]:
        """Yield one value of each object in a list."""
        for one in self.objects(path):
            yield one.get(key)
