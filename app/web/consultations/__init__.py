"""The board of consultations and every step of a case, for the staff of the window."""
