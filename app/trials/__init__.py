"""Public trial records: one record model, readers of the registries' pages and files, and links to institutions."""
