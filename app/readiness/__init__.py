"""The way to a first participant in Japan: what is asked of a sponsor, by whom, and how long it takes."""
