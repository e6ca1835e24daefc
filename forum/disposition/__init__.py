"""Disposition: an aspirasi is verified, routed to a unit, given to an officer; and notes on it."""
