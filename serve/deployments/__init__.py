"""The five deployments: thin classes that hold an adapter or a service and nothing else."""
