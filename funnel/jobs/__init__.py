"""What queues and time call: one bell, lanes that call ONE use case until it is idle, and the tick."""
