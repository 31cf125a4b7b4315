"""The frozen models of a study file: what is planned, with nothing left to the reader."""
