"""Actors who use the submission's own page in a real Chromium; the only room with Playwright."""
