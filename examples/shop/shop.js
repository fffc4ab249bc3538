// A shop whose cart is in the session that Atlas hands over. Node's standard library only: node shop.js PORT
const http = require('node:http');

const port = Number(process.argv[2]);

function cartOf(request) {
  const session = request.headers['atlas-session'];
  return session ? JSON.parse(Buffer.from(session, 'base64url').toString()) : [];
}

function answer(response, cart, store) {
  if (store) {
    // An empty value ends the session.
    response.setHeader('Atlas-Session', cart.length ? Buffer.from(JSON.stringify(cart)).toString('base64url') : '');
  }
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify({ server: 'node', port, cart }) + '\n');
}

// Node takes heads of 16 KiB unless told otherwise, and the cart comes in one.
http.createServer({ maxHeaderSize: 64 * 1024 }, (request, response) => {
  let form = '';
  request.on('data', (part) => { form += part; });
  request.on('end', () => {
    const items = new URLSearchParams(form).getAll('item');
    const cart = request.method === 'GET' ? cartOf(request) : request.url === '/add' ? [...cartOf(request), ...items] : [];
    answer(response, cart, request.method !== 'GET');
  });
}).listen(port, '127.0.0.1');
