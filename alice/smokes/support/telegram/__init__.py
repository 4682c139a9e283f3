"""A small Telegram on loopback, spoken with Telethon's own crypto and TL classes: the wire is real, the world is not.

It is for tests and smokes. It must not be reachable from another machine, and it knows no real account.
"""
