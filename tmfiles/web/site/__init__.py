"""The store as a folder of plain pages, that need no server and no script."""
