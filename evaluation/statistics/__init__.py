"""Whether one way of writing events is better than another, by how much, and how sure that is."""
