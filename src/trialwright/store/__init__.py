"""The database: ledger, projections, allocation vault, identity vault."""
