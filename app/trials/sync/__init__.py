"""Runs: what a source gives, portion by portion, each stored in one transaction with the place where the next begins."""
