"""Compares prompts, models and settings."""
