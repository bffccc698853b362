"""The eventsmith platform: game events written by a language model, served with a deadline."""
