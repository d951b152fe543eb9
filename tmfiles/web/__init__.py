"""The store served over HTTP: an interface for programs and pages for people, over the same actions."""
