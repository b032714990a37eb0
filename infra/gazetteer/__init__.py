"""Adapters of the port Gazetteer."""
