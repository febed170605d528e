"""Madoguchi: a bilingual one-stop window for clinical trials in Japan."""
