"""What students get back, and how instructors return it."""
