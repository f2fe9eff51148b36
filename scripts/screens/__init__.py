"""Pictures of every page in every state, taken from the real product by a real browser."""
