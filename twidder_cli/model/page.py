"""The submission's own page, as an actor uses it who is in a browser."""

from typing import Literal

RELOADING = ("get_user_data_by_token", "get_user_messages_by_token")
"""The functions that a page asks for when it is loaded by who is signed in."""

PageView = Literal["welcome", "profile", "both", "other"]
"""What is shown: one of the lab's two views, the one beside the other, or none of them."""

Browsing = Literal["open", "reload", "reopen", "restore", "close_tab", "go_offline", "go_online"]
"""What somebody does with a tab: `reopen` opens a new one, `restore` the one that was closed."""
