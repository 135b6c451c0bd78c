"""Twidder's command line: serve the reference application, check submissions."""
