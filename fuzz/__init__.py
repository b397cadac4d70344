"""Bad files, made by script, and the doors that they are thrown at; none of it is installed."""
