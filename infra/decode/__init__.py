"""Reading what strangers send: types by content, budgets, and the limited child that does the reading.

No port is filled here. Probe, analyst and composer stand on it, each in a child of its own.
"""
