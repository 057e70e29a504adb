# What `make` can do for students: in their copy this file is the Makefile, in the whole course it is a
# part of it. A comment after a target is what `make help` prints.

PORT ?= 8888
# The Python that the environment is made with; without it, study.py takes the first that fits.
PYTHON ?=
# Options of commands, each with any value: AGAIN=1, ALL=1.
AGAIN ?=
ALL ?=

# The commands of students, which need no make, and setting up for everybody: any Python reads them.
OUTSIDE := $(PATH)
define STUDY
@export PATH="$(OUTSIDE)" PYTHON="$(PYTHON)"; \
for python in python3 python python3.13 python3.12 python3.11 "$$PYTHON"; do \
	"$$python" -c "f''" 2>/dev/null && exec "$$python" study.py $(1); \
done; \
echo "No Python here is Python 3.11 to 3.13: install one (on Debian: python3 and python3-venv)" >&2; exit 1
endef

.DEFAULT_GOAL = help
.PHONY: help lab fetch check submit progress clean named

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' \
		$(filter %.mk,$(MAKEFILE_LIST)) $(filter-out %.mk,$(MAKEFILE_LIST)) | \
		while IFS='|' read -r target what; do printf 'make %-14s %s\n' "$$target" "$$what"; done

lab: ## JupyterLab on the course (PORT=8888)
	$(call STUDY,lab --port "$(PORT)")

fetch: named ## get an assignment into work/ (EX=ex01_sequential; AGAIN=1 for a new one beside yours)
	$(call STUDY,fetch "$(EX)" $(if $(AGAIN),--again))

check: named ## which tasks pass, and what is wrong with the others (EX=ex01_sequential; ALL=1: hidden tests, too)
	$(call STUDY,check "$(EX)" $(if $(ALL),--all))

submit: named ## hand an assignment in, or make the file to upload (EX=ex01_sequential)
	$(call STUDY,submit "$(EX)")

progress: ## a student's state in all fetched assignments, and what to do next
	$(call STUDY,progress)

clean: ## remove caches and what the tools wrote (not work/, grading/ or .venv)
	@rm -rf build .pytest_cache .ruff_cache packages/*/src/*.egg-info packages/*/build
	@find . -path ./.venv -prune -o -path ./work -prune -o -path ./grading -prune -o \
		\( -name __pycache__ -o -name .ipynb_checkpoints \) -type d -exec rm -rf {} +

named:
	@[ -n "$(EX)" ] || { echo "Which assignment? make $(MAKECMDGOALS) EX=ex01_sequential" >&2; exit 2; }
