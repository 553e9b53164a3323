import http.server

from order import order
from result import result


# /order/Ada or /result/<id>
class Pages(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        _, page, word = self.path.split("/")
        answer = order if page == "order" else result
        status, text = answer(word)
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *args):
        pass


# One request after the other.
server = http.server.HTTPServer(("", 80), Pages)
while True:
    server.handle_request()
