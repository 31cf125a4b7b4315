"""Trialwright: a randomised trial carried from one study file to posted results."""

__version__ = "0.1.0"
