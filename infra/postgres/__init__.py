"""All rows, in PostgreSQL: fills the port `Store`."""
