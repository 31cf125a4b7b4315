"""Rows in, rows out: the derivations for those who come with files, tidy or SDTM-shaped.

A row is a mapping of column name to value, text or typed. Reading CSV, Parquet, XPT or Dataset-JSON is the
caller's; here columns are found by name or by their SDTM or ADaM name, values are checked, and what is wrong
is a finding with the row and the column, never the value.
"""
