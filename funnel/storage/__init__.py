"""Tables and their queries, on SQLite and PostgreSQL alike; a table and its queries share a file."""
