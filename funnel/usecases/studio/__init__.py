"""The studio: how scenarios stand, what they say, and stopping and starting them."""
