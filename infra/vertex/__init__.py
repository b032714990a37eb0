"""Reaching Vertex AI, for the adapters whose vendor it is."""
