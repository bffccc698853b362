"""What is evaluated: the pipeline in this process, an OpenAI-compatible server, a platform."""
