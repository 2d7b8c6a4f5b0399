"""What makes the pages of the site that nobody writes by hand, and the outputs in those that somebody does."""
