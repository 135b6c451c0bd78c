"""Files to nouns: every mistake is told with file:line:column, and what was probably meant."""
