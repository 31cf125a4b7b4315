"""What could happen: designs simulated, operating characteristics, boundaries. Pure, and free of Django."""
