"""What is seen: photos and clips as shots, in our colours, and how one becomes the next."""
