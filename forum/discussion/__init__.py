"""What residents and civil servants say to each other below an aspirasi."""
