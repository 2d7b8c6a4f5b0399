"""Many runs: replicate in blocks, side by side, resume, keep a journal."""
