"""How well it reads: evaluation, which stage is to blame, reliability, a report."""
