"""Random numbers keyed by purpose and identity, and the shapes they are given: draws, quantiles, distributions, shares."""
