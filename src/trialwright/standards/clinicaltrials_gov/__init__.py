"""ClinicalTrials.gov: reading records in every form, drafts of studies, checks, deadlines and export."""
