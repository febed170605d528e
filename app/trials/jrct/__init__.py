"""jRCT, one record on a person's request: one question at a time over all workers, spaced, and never after a refusal."""
