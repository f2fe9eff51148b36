"""The one guard against forged posts: every browser form carries its token; views that need none exempt themselves."""

from flask_wtf import CSRFProtect

csrf = CSRFProtect()
