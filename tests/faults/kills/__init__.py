"""SIGKILL anywhere: at each named point, at pairs of them, at random moments."""
