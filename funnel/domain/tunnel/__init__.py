"""What a tunnel is: its authored model, the flat program it compiles to, and what runs it."""
