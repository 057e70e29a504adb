"""The authors' wing: from `chapters/` to notebooks, their runs, answers, mutants and the website."""
