"""What is known of a scenario before it is run: checks, its register of values, how long history must be."""
