"""Values become text or JSON documents; pure: nothing here prints, reads a file or asks the time."""
