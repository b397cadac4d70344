# make run: set everything up and open the app.   make test: set up and pass the tests.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
INSTALL = $(BIN)/python -m pip install --quiet --editable

.PHONY: run test train samples clean

run: $(VENV)/app
	$(BIN)/streamlit run app.py

test: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest

train: $(VENV)/train
	$(BIN)/python -m training.train

samples: $(VENV)/train
	$(BIN)/python -m training.samples

clean:
	rm -rf $(VENV)

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

$(VENV)/dev: $(VENV)/created pyproject.toml
	@echo "Installing the app, TensorFlow and the test tools; this takes some minutes ..."
	$(INSTALL) ".[app,train,pile,dask,service,postgresql,dev]"
	touch $@
