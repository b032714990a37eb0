"""How we know who calls `/internal/*`."""
