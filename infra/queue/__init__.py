"""How we ask for deliveries."""
