"""What was handed in: found, read, and put right if something happened to it on its way."""
