"""What a browser shows: one router a page, each readable without a script."""
