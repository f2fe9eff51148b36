"""`wsgi:app`: the application for any WSGI server; `funnel web` is the usual way."""

from funnel.bootstrap import build_web
from funnel.config import read_settings

app = build_web(read_settings())
