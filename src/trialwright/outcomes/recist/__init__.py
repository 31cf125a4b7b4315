"""RECIST 1.1 and iRECIST: from lesion measurements to time-point and best responses.

Sources: Eisenhauer et al., Eur J Cancer 2009;45:228-247; EORTC RECIST questions and clarifications;
Seymour et al., Lancet Oncol 2017;18:e143 (iRECIST). All sums and percentages are exact (decimals and
fractions): -30 % and +20 % are inclusive limits, and binary fractions miss them.
"""
