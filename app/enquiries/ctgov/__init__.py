"""ClinicalTrials.gov: reading a study of its API v2 (pure), files of such studies (pure), and asking for one."""
