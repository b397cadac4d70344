"""Two readers' proposals -> one answer, what speaks for it and against it, and when to decline."""
