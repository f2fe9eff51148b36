"""Real parts for the tests: throw-away servers that nobody has to install."""
