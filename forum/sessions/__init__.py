"""Tanya langsung: a scheduled hour in which civil servants answer residents in real time."""
