"""What is planned: the study file, its criteria, its schedule and what is wrong with it. Pure."""
