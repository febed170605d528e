"""Server-rendered pages, one file per page family; each module offers its `router`."""
