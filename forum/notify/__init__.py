"""What the forum tells people, and what they may still see of it when it is shown or sent."""
