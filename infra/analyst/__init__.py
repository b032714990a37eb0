"""Adapters of the port MediaAnalyst."""
