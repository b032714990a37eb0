"""How we know who asks: the queue and the scheduler at `/internal/*`, people everywhere else."""
