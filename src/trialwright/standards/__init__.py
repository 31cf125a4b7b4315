"""Other people's formats, one folder each. Pure."""
