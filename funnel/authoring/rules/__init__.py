"""What models cannot say: each file's rules, and how files must agree with one another."""
