"""Making the film: pictures drawn frame by frame, sound mixed, both joined. Fills the port `Composer`."""
