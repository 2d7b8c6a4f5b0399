"""What a year came to, measure by measure: read off a tally, kept as one outcome a replication."""
