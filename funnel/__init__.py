"""A marketing-automation and sales-funnel engine whose tunnels are files."""

__version__ = "0.1.0"
