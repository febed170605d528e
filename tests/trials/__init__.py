"""Tests of public trial records."""
