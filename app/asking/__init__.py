"""What the doors share: one request, one transaction, one person asking, one page in one language."""
