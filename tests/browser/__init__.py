"""The tunnel in a real browser: by thumb, by keyboard, without scripts; every page examined by axe-core."""
