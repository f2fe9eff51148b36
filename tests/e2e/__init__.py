"""The whole product over real HTTP: real processes, a real Valkey, a real SMTP sink, the clock moved."""
