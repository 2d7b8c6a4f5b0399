"""One case from day to day: what happened, why, and who paid."""
