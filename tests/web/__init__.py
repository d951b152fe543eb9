"""Tests of what is served over HTTP: against a real server on a free port, over a real store."""
