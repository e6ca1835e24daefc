"""Opening who is behind a post that shows no name: by whom, why, and everybody who must know it."""
