"""The house's own checks and generators. Nothing of the package imports them."""
