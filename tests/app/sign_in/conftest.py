"""Browsers in which nobody is signed in, and addresses of people who were never here."""

import uuid

import pytest
from flask import Flask
from flask.testing import FlaskClient


@pytest.fixture
def browser(guarded: Flask) -> FlaskClient:
    """One in which nobody is signed in."""
    return guarded.test_client()


@pytest.fixture
def email() -> str:
    """Of somebody who was never here."""
    return f"{uuid.uuid4()}@example.org"
