"""How Daylog reaches others: one folder for each port, one file for each vendor."""
