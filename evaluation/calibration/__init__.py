"""Whether the scorer, or the model that judges, may stand in for people."""
