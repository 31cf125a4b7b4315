"""Chain of identity and custody of products made from a subject's own cells, a file a topic."""
