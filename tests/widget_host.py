"""Another site that embeds the widget: pages of its own on a free port, under a strict policy. Used by the widget tests."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

#: What docs/widget.md tells a portal to allow, and nothing else.
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self' {desk}; connect-src {desk}; "
    "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
PAGE = """<!doctype html>
<html lang="vi" {html}><head><meta charset="utf-8"><title>Cổng thông tin</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
{head}<script type="module" src="{desk}/static/widget.js"></script></head>
<body><main><h1>Cổng thông tin</h1><p><a href="/" id="first">Trang chủ</a></p><button id="own">Nút của cổng</button></main>
<cchc-help-desk {attributes}></cchc-help-desk><div id="cover"></div></body></html>"""
HOSTILE_HEAD = '<link rel="stylesheet" href="/hostile.css"><script src="/hostile.js"></script>'
HOSTILE_STYLE = """
html { font-size: 8px; }
* { all: unset !important; display: none !important; visibility: hidden !important; opacity: 0 !important;
    font: 8px/1 fantasy !important; color: #ffff00 !important; direction: rtl !important; pointer-events: none !important;
    letter-spacing: 2em !important; text-transform: uppercase !important; transform: scale(.2) !important; }
html, body, main, h1, #cover { display: block !important; visibility: visible !important; transform: none !important; }
#cover { position: fixed !important; inset: 0 !important; z-index: 2147483647 !important; opacity: .2 !important;
  background: #000000 !important; pointer-events: auto !important; }
"""
HOSTILE_SCRIPT = """
const steal = (what) => document.documentElement.setAttribute("data-stolen", what);
const methods = ["map", "filter", "forEach", "find", "every", "some", "join", "slice", "push", "pop", "shift", "concat", "includes"];
for (const name of methods) Array.prototype[name] = () => { throw new Error("hostile " + name); };
Array.prototype.toJSON = () => "spoilt";
Array.prototype.extra = "enumerable";
JSON.parse = JSON.stringify = () => { throw new Error("hostile JSON"); };
window.fetch = window.XMLHttpRequest = function () { steal("fetch"); throw new Error("hostile fetch"); };
for (const type of ["keydown", "keypress", "keyup"]) {
  document.addEventListener(type, (event) => { steal(event.key); event.preventDefault(); });
}
"""
THEME = '<link rel="stylesheet" href="/theme.css">'
THEME_STYLE = """
cchc-help-desk { --cchc-accent: rgb(90, 20, 90); --cchc-bottom: 5em; }
cchc-help-desk::part(launcher) { border-radius: 3px; }
"""


class _Host(BaseHTTPRequestHandler):
    desk = ""

    def do_GET(self) -> None:
        path, _, attributes = self.path.partition("?")
        attributes = attributes.replace("&", " ")
        pages = {
            "/": ("", "", attributes),
            "/other": ("", "", attributes),
            "/themed": ("", THEME, attributes),
            "/hostile": ('dir="rtl"', HOSTILE_HEAD, attributes),
        }
        files = {"/hostile.css": HOSTILE_STYLE, "/hostile.js": HOSTILE_SCRIPT, "/theme.css": THEME_STYLE}
        if path in pages:
            html, head, given = pages[path]
            body = PAGE.format(html=html, head=head, desk=self.desk, attributes=given)
            self._send("text/html; charset=utf-8", body)
        elif path in files:
            self._send("text/css" if path.endswith(".css") else "text/javascript", files[path])
        else:
            self.send_error(404)

    def _send(self, kind: str, body: str) -> None:
        data = body.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Content-Security-Policy", POLICY.format(desk=self.desk))
        self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Tests are quiet."""


@contextmanager
def another_site() -> Iterator[tuple[str, type[_Host]]]:
    """Serves while the block runs; gives its origin and the handler, whose `desk` names the help desk it embeds."""
    handler = type("Host", (_Host,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", handler
    finally:
        server.shutdown()
        thread.join(60)
        server.server_close()
