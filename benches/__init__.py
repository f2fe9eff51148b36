"""Benches: figures as ratios against a limit or a peer in the same run, for the machine is noisy."""
