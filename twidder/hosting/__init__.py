"""What the application owes its users and gunicorn leaves open.

The lab's command names a plain gunicorn worker, so all of this is done from inside
it, when it imports `twidder.server`. Anywhere else nothing happens.
"""

from twidder.hosting.malformed import refuse_malformed_requests_in_json
from twidder.hosting.patience import limit_patience
from twidder.hosting.stopping import before_stopping
from twidder.hosting.worker import current_worker

__all__ = [
    "before_stopping",
    "current_worker",
    "limit_patience",
    "refuse_malformed_requests_in_json",
]
