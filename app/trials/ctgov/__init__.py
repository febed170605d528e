"""ClinicalTrials.gov over HTTP: what asking it costs, and how often it is asked again."""
