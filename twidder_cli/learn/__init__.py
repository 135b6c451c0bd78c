"""A submission's contract, learned from its route table, its source, and by trying."""
