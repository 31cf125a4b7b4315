"""Estimators and tests: arrays in, arrays out. Pure, and it imports no other room."""
