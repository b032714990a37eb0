"""The laptop's cloud: one supervisor and the local servers that the real clients talk to."""
