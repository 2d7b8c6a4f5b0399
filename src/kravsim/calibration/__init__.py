"""Worlds: uncertain values from priors, and from calibration to published books; designs of several structures."""
