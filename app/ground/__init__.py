"""What everything stands on and nothing of the product is in."""
