"""The case desk: every consultation run to an outcome."""
