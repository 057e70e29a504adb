"""The students' wing: fetch, check, submit, progress, lab. Their copy of the course has this one only."""
