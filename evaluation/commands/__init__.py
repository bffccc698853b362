"""One module a command of `eventsmith-eval`, each with `register(commands)`."""
