"""What people do, one verb a file; the only door that writes."""
