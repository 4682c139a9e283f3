"""Puts what lies beside the package into the wheel, under alice/_files/, where `alice/paths.py` looks for it."""

from __future__ import annotations

from setuptools import find_packages, setup

BESIDE = ("templates", "static", "migrations", "service-templates")

setup(
    packages=[*find_packages(include=["alice*"]), *(f"alice._files.{name}" for name in BESIDE)],
    package_dir={f"alice._files.{name}": name for name in BESIDE},
    package_data={"": ["**/*"]},
    exclude_package_data={"": ["**/__pycache__/*", "*.pyc"]},
)
