"""One process tree that lives and dies together; knows nothing of the product."""
