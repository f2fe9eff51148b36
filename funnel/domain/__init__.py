"""The rules: pure, without I/O, clock or chance; standard library and pydantic only."""
