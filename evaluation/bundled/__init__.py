"""Is the bundled model fit to serve? Its answers to orders it never learnt from, and their gates."""
