"""The only sockets: HTTP and WebSocket clients for servers that nobody trusts."""
