"""Submissions: where they are, how they are started, and when they are ready."""
