"""Pages: typed function views, templates and static files over the actions."""
