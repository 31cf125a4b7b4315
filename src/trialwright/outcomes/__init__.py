"""What was seen, as endpoints: response, quality of life, toxicity, survival times, analysis sets. Pure."""
