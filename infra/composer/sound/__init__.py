"""What is heard: clips and music, mixed, and as loud as other films."""
