"""Adapters of the port MusicLibrary."""
