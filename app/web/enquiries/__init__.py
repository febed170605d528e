"""Requests of sponsors: the form in blocks, the ways into it, and reading a record before signing in."""
