"""The rehearsal: simulated subjects go through the whole trial by the actions that people use."""
