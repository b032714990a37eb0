"""Measurements: ratios from one run, for the README's table. Run by `make bench`, never asserted in tests."""
