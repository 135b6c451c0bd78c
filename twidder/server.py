"""The module for a production server: `gunicorn --workers 1 --threads 100 twidder.server:app`."""

from twidder import create_app
from twidder.parts import Parts
from twidder.push import GOING_AWAY
from twidder.settings import Settings
from twidder.stopping import before_stopping

app = create_app(Settings.from_environment())

before_stopping(lambda: Parts.of(app).sockets.end_all(GOING_AWAY))
