"""What the product does, one verb a file; each takes the house first; web, queue, tick and shell call the same."""
