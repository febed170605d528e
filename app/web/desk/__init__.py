"""The desk of a hospital: what its coordinator keeps true, and what the window asks of it."""
