"""Tables, figures and documents made from outcomes and statistics. Pure."""
