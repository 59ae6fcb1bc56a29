"""Stand-ins for the servers of Telegram and Zalo: real HTTP on a free port, behaving as documented, errors included."""
