"""The measured limits of the forum, each as a ratio to something bare on the same machine."""
