# What `make` can do here, beside what it does for students. A comment after a target is what `make help`
# prints.

include packages/workbook/students.mk

BIN = .venv/bin
# As in an activated environment: nbgrader, for one, starts `alembic` by its name.
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: setup lab-instructor test test-slow test-scaling test-browser test-hub screenshots bench test-colab build watch new-task notebooks answers mutants roster grade feedback report export hub hub-stop site bundle pins

setup: ## make or update the environment .venv (the others do it too)
	$(call STUDY,setup --all)

lab-instructor: setup ## the same with formgrader, and with chapters/ as notebooks
	@$(BIN)/workbook lab --instructor --port "$(PORT)"

# How many at once, conftest.py says; more than four would want much memory. In the order of
# their names, the long ones do not come last.
SIDE_BY_SIDE = -n auto --maxprocesses 4 --dist loadscope --no-loadscope-reorder

test: setup ## everything that CI runs: ruff, then pytest
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/python -m pytest $(SIDE_BY_SIDE) --durations=10

test-slow: setup ## what takes minutes more: a class of 300, every chapter with other parameters and seeds
	$(BIN)/python -m pytest -m slow $(SIDE_BY_SIDE)

test-scaling: setup ## grading on three hosts, which are network namespaces (needs root)
	$(BIN)/python -m pytest -m root packages/warmgrader/tests/test_scaling.py

test-browser: setup ## students and instructors in a real browser (tests/browser/install gets one)
	$(BIN)/python -m pytest -m browser tests/browser

test-hub: setup ## the class server for real, in a system of its own (needs root, a browser, the registries)
	disk=$$(mktemp -d -p "$(CURDIR)" .test-hub-XXXX) && trap 'rm -rf "$$disk"' EXIT && \
		tests/browser/apart "$$disk" $(BIN)/python -m pytest -m hub tests/browser

screenshots: setup ## take the pictures in docs/images/ anew, in a real browser
	SCREENSHOTS=docs/images $(BIN)/python -m pytest -m browser tests/browser/test_loop.py

bench: setup ## measure warmgrader against nbgrader (takes long; wants a quiet machine)
	$(BIN)/python -m warmgrader.bench solutions/ex07_data $(wildcard solutions/$(or $(EX),ex*)) --out docs/bench

test-colab: setup ## run every notebook with the versions that Colab has (needs Python 3.13)
	@$(BIN)/workbook colab

build: setup ## make notebooks/, solutions/ and exercises/ from chapters/
	@$(BIN)/workbook build

watch: setup ## build a notebook whenever its source is saved
	@$(BIN)/workbook watch

new-task: named setup ## start a task of an assignment (EX=ex01_sequential TASK=count_weights)
	@$(BIN)/workbook new-task "$(EX)" "$(TASK)"

notebooks: build ## execute all chapters and store their outputs in notebooks/
	@$(BIN)/workbook run --store

answers: named setup ## try the right and wrong answers of an assignment (EX=ex01_sequential)
	@$(BIN)/workbook answers "$(EX)"

mutants: setup ## change right answers by machine: do the tests notice? (EX=ex01_sequential TASK=train_mlp; default: all)
	@$(BIN)/workbook mutants $(EX) $(if $(TASK),--task "$(TASK)",--store)

roster: setup ## take a class list into the gradebook (FILE=canvas.csv, ID="SIS User ID", DRY=1)
	@[ -n "$(FILE)" ] || { echo "Which class list? make roster FILE=canvas.csv" >&2; exit 2; }
	@$(BIN)/workbook roster "$(FILE)" $(if $(ID),--id "$(ID)") $(if $(DRY),--dry-run)

grade: named setup ## collect, autograde and write feedback (EX=ex01_sequential)
	@$(BIN)/workbook grade "$(EX)"

feedback: named setup ## write feedback, release it, zip it for a platform (EX=ex01_sequential)
	@$(BIN)/workbook feedback "$(EX)"

report: setup ## how the class does: scores, tasks, mistakes, who needs a look
	@$(BIN)/workbook report

FORMAT ?= csv
EXPORTER_canvas = CanvasExporter
EXPORTER_moodle = MoodleExporter
EXPORTER_csv = CsvExporter
export: setup ## all scores for a learning platform (FORMAT=canvas, moodle or csv, TO=scores.csv)
	@[ -n "$(EXPORTER_$(FORMAT))" ] || { echo "No such format: $(FORMAT); there are canvas, moodle and csv" >&2; exit 2; }
	@$(BIN)/nbgrader export --exporter=workbook.instructors.export.$(EXPORTER_$(FORMAT)) $(if $(TO),--to "$(TO)")

PROXY = deploy/hub/node_modules/.package-lock.json
$(PROXY): deploy/hub/package-lock.json
	@$(BIN)/npm ci --prefix deploy/hub --ignore-scripts --no-audit --no-fund

# Not lab's port: without one named, the hub stays where it was.
HUB_OPTIONS = $(if $(HUB),--folder "$(HUB)") $(if $(filter file,$(origin PORT)),,--port "$(PORT)")
hub: setup ## a JupyterHub for a class (ROSTER=students.csv, PORT=8888, HUB=folder), see docs/server.md
	@$(BIN)/python packages/workbook/src/workbook/common/bootstrap.py .venv deploy/hub/requirements.txt
	@$(MAKE) --silent $(PROXY)
	@$(BIN)/workbook hub $(if $(ROSTER),--roster "$(ROSTER)") $(HUB_OPTIONS)

hub-stop: setup ## stop it, and everybody's JupyterLab
	@$(BIN)/workbook hub --stop $(HUB_OPTIONS)

site: build ## make the website of the course in build/site
	@$(BIN)/workbook site

bundle: build ## make what students get, as a folder and a zip file, in build/bundle
	@$(BIN)/workbook bundle

# How all pins are made. Students get the same versions as everybody, where there are wheels.
COMPILE = $(BIN)/uv pip compile --generate-hashes --no-emit-index-url --no-header --no-annotate --no-emit-package warmgrader
PACKAGES = packages/warmgrader/pyproject.toml packages/workbook/pyproject.toml
pins: setup ## resolve the packages' pyproject.toml into the files of pins anew
	$(COMPILE) --upgrade $(PACKAGES) --all-extras --universal --python-version 3.11 \
		--output-file requirements.txt
	cp requirements.txt requirements-student.txt # whose versions are kept
	$(COMPILE) $(PACKAGES) --universal --python-version 3.11 \
		--output-file requirements-student.txt
	$(COMPILE) --upgrade $(PACKAGES) --override requirements-intel-mac.in --only-binary :all: \
		--python-platform x86_64-apple-darwin --python-version 3.11 \
		--output-file requirements-intel-mac.txt
	$(COMPILE) --upgrade requirements-colab.in --universal --python-version 3.13 \
		--output-file requirements-colab.txt
	$(COMPILE) --upgrade deploy/hub/requirements.in --constraints requirements.txt --universal \
		--python-version 3.11 --output-file deploy/hub/requirements.txt
	$(BIN)/python packages/workbook/src/workbook/common/bootstrap.py .venv deploy/hub/requirements.txt
	$(BIN)/npm update --prefix deploy/hub --package-lock-only --ignore-scripts --no-audit --no-fund
