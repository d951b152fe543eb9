"""What programs ask over HTTP: one router a noun, all of them below `/api/v1`."""
