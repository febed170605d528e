"""The browser for the tests: how it is tried out, and where npm brings one from."""
