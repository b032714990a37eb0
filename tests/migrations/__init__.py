"""The schema as it was, as it is, and who runs on both."""
