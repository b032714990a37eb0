"""Adapters of the port MediaProbe."""
