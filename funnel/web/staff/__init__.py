"""Pages for the company's own people: logging in, the desk, a lead, webhook calls."""
