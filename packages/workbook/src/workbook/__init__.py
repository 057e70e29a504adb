"""The tools of a course of notebooks that grade themselves, in three wings: authors, students, instructors."""
