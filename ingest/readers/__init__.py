"""One reader per file format; `ingest.read` chooses among them by content."""
