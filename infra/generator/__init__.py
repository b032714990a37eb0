"""Adapters of the port SceneGenerator."""
