"""Where prompts are published."""
