"""Mails opened and links followed: how they are told apart, taken in, and recorded."""
