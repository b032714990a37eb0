"""What Daylog does: jobs, pipelines, storyboards, policies. Runs with the network unplugged."""
