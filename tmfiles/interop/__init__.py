"""Other trackers' formats to and from tm's documents, one module each; they touch neither store nor git."""
