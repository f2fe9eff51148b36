"""Who fetches a link without anybody having followed it: previews, fetching ahead, scanners that say who they are.

Simple and honest: only what a request says of itself. A scanner that poses as a browser is counted as a visit.
"""

import re

from werkzeug.datastructures import Headers

_AHEAD = ("Purpose", "X-Purpose", "X-Moz", "Sec-Purpose")
_MACHINES = re.compile(
    r"(?<!cu)bot\b|crawl|spider|slurp|preview|monitor|facebookexternalhit|facebookcatalog|whatsapp|skypeuri"
    r"|curl|wget|python-|libwww|go-http-client|okhttp|axios|node-fetch|embedly|pingdom|lighthouse"
    r"|barracuda|mimecast|proofpoint|safelinks|bitdefender|google-safety|virustotal",
    re.IGNORECASE,
)


def fetched_by_machine(headers: Headers) -> bool:
    """Whether a request says that nobody is looking: a link fetched ahead, or a program that names itself."""
    if any(word in headers.get(name, "").lower() for name in _AHEAD for word in ("prefetch", "preview", "prerender")):
        return True
    agent = headers.get("User-Agent", "")
    return not agent or bool(_MACHINES.search(agent))
