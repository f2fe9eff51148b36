"""The score of leads."""
