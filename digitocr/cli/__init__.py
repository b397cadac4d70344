"""The command line: a module for each command, the options that they share, and printing."""
