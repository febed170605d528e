"""Institutions and the sourced facts about them."""
