"""How a message leaves: built apart from being sent; mail, calendar, webhook; one guarded client."""
