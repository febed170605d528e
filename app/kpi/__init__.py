"""What counts toward the fifteen, and the figures."""
