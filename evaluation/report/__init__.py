"""What a run found, for people: figures of an arm, plots, a page to read and a table to sort."""
