"""The module for a production server: `gunicorn --workers 1 --threads 100 twidder.server:app`."""

from twidder import create_app, hosting
from twidder.log import write_log_to
from twidder.parts import Parts
from twidder.push import GOING_AWAY
from twidder.settings import Settings

settings = Settings.from_environment()
write_log_to(settings.log)
app = create_app(settings)

if worker := hosting.current_worker():
    hosting.refuse_malformed_requests_in_json()
    hosting.limit_patience(worker)
    hosting.before_stopping(worker, lambda: Parts.of(app).sockets.end_all(GOING_AWAY))
