"""`python -m alice.db.embedded`: become the embedded Postgres of ALICE_HOME, as its service unit does. No options."""

from __future__ import annotations

import sys

from alice import config
from alice.db import embedded
from alice.errors import AliceError

if __name__ == "__main__":
    try:
        embedded.serve(config.load().home, say=lambda said: print(said, file=sys.stderr, flush=True))
    except AliceError as error:
        print(error.message, error.hint or "", file=sys.stderr)
        sys.exit(error.exit_code)
