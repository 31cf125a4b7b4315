"""Estimators and tests: arrays in, arrays out. Pure; imports no other room."""
