"""Coded bilingual vocabularies: conditions, areas, modalities, phases, capabilities, places."""
