"""The game as a simulator: companies that grow, players with a policy, events from the real service."""
