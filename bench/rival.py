"""Tantivy over the same records and queries: what a search engine of its own could do, to compare with."""

from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

import tantivy

from app.trials.queries.asking import Search
from app.trials.rules.searching.documents import Document, filters_of
from app.trials.rules.searching.writing import is_japanese, written

Query = tantivy.Query


def tokens_of(writing: str) -> list[str]:
    """Return the words of a text in its one writing, in order: pairs of characters for Japanese, others whole."""
    found: list[str] = []
    for part in writing.split():
        if is_japanese(part[0]):
            found += [part[at : at + 2] for at in range(len(part) - 1)] or [part]
        else:
            found.append(part)
    return found


class Rival:
    """An index of all words of records, with their places, and of the choices that they fall under."""

    def __init__(self, folder: str) -> None:
        schema = tantivy.SchemaBuilder()
        schema.add_unsigned_field("number", stored=True, fast=True)
        for name in ("body", "choices"):
            schema.add_text_field(name, tokenizer_name="whitespace")
        self._folder = Path(folder)
        self._index = tantivy.Index(schema.build(), path=folder)
        self._writer = self._index.writer(256_000_000, 1)

    def add(self, made: Sequence[tuple[int, Document]]) -> float:
        """Add records; return the seconds that it took."""
        begun = perf_counter()
        for number, one in made:
            document = tantivy.Document()
            document.add_unsigned("number", number)
            # A word between lines keeps phrases from reaching over them.
            document.add_text("body", " | ".join(" ".join(tokens_of(line)) for line in one.said.splitlines()))
            document.add_text("choices", " ".join(filters_of(one.choices)))
            self._writer.add_document(document)
        return perf_counter() - begun

    def commit(self) -> float:
        """Make what was added found; return the seconds that it took."""
        begun = perf_counter()
        self._writer.commit()
        self._index.reload()
        self._searcher = self._index.searcher()
        return perf_counter() - begun

    @staticmethod
    def understands(search: Search) -> bool:
        """Say whether it can be asked this: it knows neither concepts nor single characters."""
        return bool(search.q) and len(written(search.q)) > 1

    def _query(self, search: Search) -> Query:
        parts = [search.q.strip('"')] if search.q.startswith('"') else search.q.split()
        musts = [self._of(tokens_of(written(part)), "body") for part in parts]
        musts += [self._of([f"{name}={code}"], "choices") for name, code in search.choices.items()]
        return Query.boolean_query([(tantivy.Occur.Must, must) for must in musts])

    def _of(self, words: list[str], name: str) -> Query:
        schema = self._index.schema
        return Query.term_query(schema, name, words[0]) if len(words) == 1 else Query.phrase_query(schema, name, words)

    def milliseconds(self, search: Search) -> float:
        """Return the time of the 20 best hits, their numbers, and the exact number of hits."""
        begun = perf_counter()
        found = self._searcher.search(self._query(search), 20, count=True)
        for _score, address in found.hits:
            self._searcher.doc(address)["number"]
        return (perf_counter() - begun) * 1000

    def all(self, search: Search) -> set[int]:
        """Return the numbers of all hits."""
        query = self._query(search)
        hits = self._searcher.search(query, max(1, self._searcher.num_docs), count=False).hits
        return set(self._searcher.fast_field_values("number", [address for _score, address in hits]))

    def megabytes(self) -> int:
        """Return how much room the index takes."""
        return sum(file.stat().st_size for file in self._folder.iterdir()) >> 20
