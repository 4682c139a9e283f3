"""How gunicorn serves a checkout: `gunicorn app:app`. The installed package is served with the same settings."""

from __future__ import annotations

from alice.web.serving import *  # noqa: F403
