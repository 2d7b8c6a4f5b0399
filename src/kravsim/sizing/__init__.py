"""How large a run will be, and how much the machine can hold."""
