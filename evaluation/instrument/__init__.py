"""The quality scorer as a measuring instrument: what it finds, what it misses, with intervals."""
