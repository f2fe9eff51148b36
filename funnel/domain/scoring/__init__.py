"""Scoring: the rules that give points, the ledger they stand in, what would bring the next threshold (S90, S91)."""
