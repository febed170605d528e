"""A sponsor's request, field by field and tier by tier."""
