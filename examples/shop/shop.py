"""A shop whose cart is in the session that Atlas hands over. Python's standard library only: python3 shop.py PORT"""
import base64
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs


class Shop(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answer(self.cart())

    def do_POST(self):
        form = parse_qs(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())
        cart = self.cart() + form.get("item", []) if self.path == "/add" else []
        self.answer(cart, store=True)

    def cart(self):
        session = self.headers.get("Atlas-Session")
        try:
            cart = json.loads(base64.urlsafe_b64decode(session + "=" * (-len(session) % 4))) if session else []
        except ValueError:
            # What another application left there is no cart.
            cart = []
        return cart if isinstance(cart, list) else []

    def answer(self, cart, store=False):
        body = json.dumps({"server": "python", "port": self.server.server_port, "cart": cart}).encode() + b"\n"
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if store:
            # An empty value ends the session.
            session = base64.urlsafe_b64encode(json.dumps(cart).encode()).rstrip(b"=").decode() if cart else ""
            self.send_header("Atlas-Session", session)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


try:
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Shop)
except OSError as error:
    sys.exit(f"shop.py cannot listen on port {sys.argv[1]}: {error.strerror}")
server.serve_forever()
