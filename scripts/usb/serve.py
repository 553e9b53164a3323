"""Serves this folder: python3 serve.py [port] [--everybody] [--open]

Python's own file server, with one thing mended: on some Windows machines the
registry calls scripts plain text, and browsers then refuse to run them.
"""

import functools
import http.server
import os
import sys
import webbrowser


class Handler(http.server.SimpleHTTPRequestHandler):
    extensions_map = {
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".css": "text/css",
        ".html": "text/html",
        ".js": "text/javascript",
        ".json": "application/json",
        ".svg": "image/svg+xml",
    }

    def log_message(self, *_):
        """Says nothing of each file."""


def main(arguments):
    numbers = [it for it in arguments if it.isdigit()]
    host = "0.0.0.0" if "--everybody" in arguments else "127.0.0.1"
    folder = os.path.dirname(os.path.abspath(__file__))
    handler = functools.partial(Handler, directory=folder)
    port = int(numbers[0]) if numbers else 8000
    try:
        server = http.server.ThreadingHTTPServer((host, port), handler)
    except OSError:
        # Somebody else may have the usual port.
        if numbers:
            raise
        server = http.server.ThreadingHTTPServer((host, 0), handler)
    with server:
        address = f"http://localhost:{server.server_port}/"
        print(f"Lightcone is at {address}", flush=True)
        if "--open" in arguments:
            webbrowser.open(address)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    main(sys.argv[1:])
