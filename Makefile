# make run: set everything up and open the app.   make test: set up and pass the tests.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin

.PHONY: run test train samples clean

run: $(VENV)/app-installed
	$(BIN)/streamlit run app.py

test: $(VENV)/tests-installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest

train: $(VENV)/app-installed
	$(BIN)/python -m training.train

samples: $(VENV)/app-installed
	$(BIN)/python -m training.samples

clean:
	rm -rf $(VENV)

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/app-installed: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable ".[app,train]"
	touch $@

$(VENV)/tests-installed: $(VENV)/app-installed
	$(BIN)/python -m pip install --quiet --editable ".[app,train,dev]"
	touch $@
