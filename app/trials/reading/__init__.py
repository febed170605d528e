"""Readers of registries' pages and files: bytes in, records and what is wrong out; no database, no network."""
