"""What a post is looked through for before others read it."""
