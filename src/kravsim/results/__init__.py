"""The answer with its error: what the replications of a model say, alone and against each other."""

from kravsim.archives import store as store  # where scripts of before 0.3.0 find it
