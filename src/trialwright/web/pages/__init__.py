"""The pages: one file a place, typed function views."""
