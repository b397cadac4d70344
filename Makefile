# make run: set everything up and open the app.   make test: set up and pass the tests.
# make coverage: what the tests run, by branches.   make api: pages of the Python API, in build/api.
# make lock: renew the tested versions.   make audit sbom: what they are, and what is known of them.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
INSTALL = $(BIN)/python -m pip install --quiet --editable
# Names, versions and hashes of all files, no place to get them from.
COMPILE = $(BIN)/uv pip compile --quiet --upgrade --python-version 3.11 --generate-hashes \
	--no-annotate --custom-compile-command "make lock" pyproject.toml
IN_TESTS = app train pile dask service postgresql dev fuzz
IN_IMAGE = app pile service postgresql
# Whom others may build on: read() and its records.
API = digitocr digitocr.types digitocr.constraints digitocr.reasons digitocr.words digitocr.geometry
# Of fuzzing, at each door.
MINUTES = 5

.PHONY: run test coverage api train samples lock audit sbom fuzz clean

run: $(VENV)/app
	$(BIN)/streamlit run app.py

test: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest

# Takes about twice as long as the tests themselves.
coverage: $(VENV)/dev
	rm -rf build/coverage
	mkdir -p build/coverage
	$(BIN)/coverage run -m pytest
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage html --quiet
	$(BIN)/coverage report

api: $(VENV)/dev
	$(BIN)/pdoc $(API) --no-show-source --output-directory build/api

train: $(VENV)/train
	$(BIN)/python -m training.train

samples: $(VENV)/train
	$(BIN)/python -m synthesis.samples

lock: $(VENV)/uv
	$(COMPILE) --universal $(IN_TESTS:%=--extra %) --output-file locks/tests.txt
	$(COMPILE) --python-platform linux $(IN_IMAGE:%=--extra %) --constraint locks/tests.txt \
		--output-file locks/image.txt

audit: $(VENV)/dev
	mkdir -p build
	$(BIN)/pip-licenses
	$(BIN)/python .ci/audit.py locks/tests.txt

sbom: $(VENV)/dev
	mkdir -p build
	$(BIN)/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible --validate \
		--output-file build/sbom.cdx.json locks/image.txt

fuzz: $(VENV)/dev
	$(BIN)/python -m fuzz load --minutes $(MINUTES)
	$(BIN)/python -m fuzz read --minutes $(MINUTES)

clean:
	rm -rf $(VENV) build

# A stamp rather than bin/python: without Debian's python3-venv that one appears, but no pip.
$(VENV)/created:
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	touch $@

$(VENV)/app: $(VENV)/created pyproject.toml
	@echo "Installing the app; this takes a minute or two ..."
	$(INSTALL) ".[app]"
	touch $@

$(VENV)/train: $(VENV)/created pyproject.toml
	@echo "Installing the app and TensorFlow; this takes some minutes ..."
	$(INSTALL) ".[app,train]"
	touch $@

# The locked versions, for everyone: a test that fails here fails because of a change of ours. Users
# get the ranges (`make run`, `pip install`), which is what their own environment can live with.
$(VENV)/dev: $(VENV)/created pyproject.toml locks/tests.txt
	@echo "Installing the app, TensorFlow and the test tools; this takes some minutes ..."
	$(BIN)/python -m pip install --quiet --require-hashes --requirement locks/tests.txt
	$(INSTALL) . --no-deps --no-build-isolation
	touch $@

$(VENV)/uv: $(VENV)/created
	$(BIN)/python -m pip install --quiet "uv>=0.13,<0.14"
	touch $@
