"""Files in: what authors write, read with positions, checked as a whole, compiled to programs."""
