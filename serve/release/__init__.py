"""What decides who gets generated events: feature flags (and, later, roll-outs and the breaker)."""
