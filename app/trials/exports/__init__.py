"""Trials to take away: as a table for spreadsheet programs, as the API's JSON, as FHIR R5."""
