"""The score of a lead and its reasons, on any day; what other rules would have done (S90, S91)."""
