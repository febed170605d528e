"""People, their organisations and roles, and how they sign in."""
