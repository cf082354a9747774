"""What is kept on disk: the evidence of a run, its bundle, its result."""
