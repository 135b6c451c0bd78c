"""The submission's own page, as an actor uses it who is in a browser."""

from typing import Literal

PageView = Literal["welcome", "profile", "both", "other"]
"""What is shown: one of the lab's two views, the one beside the other, or none of them."""

Browsing = Literal["open", "reload", "reopen", "restore", "close_tab", "go_offline", "go_online"]
"""What somebody does with a tab: `reopen` opens a new one, `restore` the one that was closed."""
