"""Numbers with their error: distributions over replications, intervals, ratios, convergence, coverage, layers."""
