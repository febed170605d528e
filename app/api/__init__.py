"""JSON API v1, one file per resource; each module offers its `router`."""
