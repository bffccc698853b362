"""Chaos: everything the platform stands on is broken under load, one thing at a time."""
