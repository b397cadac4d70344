"""The review desk: what was in doubt is settled by people, and kept in a database."""
