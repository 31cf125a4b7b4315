"""What could happen: simulation of designs, operating characteristics, boundaries.

Pure and fast: no Django, no database, no clock, no global random state. Every random number is a
function of (seed, stream, replicate, patient, purpose), so a replicate is the same trial on any number
of cores.
"""
