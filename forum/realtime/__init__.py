"""The sockets that show changes while a page is open."""
