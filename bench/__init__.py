"""Measurements: ratios within one run of one machine, which is what can be compared."""
