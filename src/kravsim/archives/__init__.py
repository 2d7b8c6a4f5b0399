"""What is kept of a result: where it may be written, columns and arrays, manifests."""
