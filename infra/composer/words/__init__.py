"""What is written on the picture."""
