"""The answer with its error: what the replications of a model say, alone and against each other."""
