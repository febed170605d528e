"""Public trial records: one record model, and readers of the registries' pages and files."""
