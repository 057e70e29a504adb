"""The instructors' wing: class lists, grading, feedback, reports, exports, the class server, the bundle."""
