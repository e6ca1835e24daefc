"""The answer clock: working days of the city, the rules in force, how long each unit has left."""
