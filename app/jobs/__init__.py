"""Background work: a few lines that call an action; each module registers its jobs."""
