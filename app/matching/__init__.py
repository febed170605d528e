"""Which sites can run a trial, and why."""
