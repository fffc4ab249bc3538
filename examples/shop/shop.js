// A shop whose cart is in the session that Atlas hands over. Node's standard library only: node shop.js PORT
const http = require('node:http');

const port = Number(process.argv[2]);

function cartOf(request) {
  const session = request.headers['atlas-session'];
  try {
    const cart = session ? JSON.parse(Buffer.from(session, 'base64url').toString()) : [];
    return Array.isArray(cart) ? cart : [];
  } catch {
    // What another application left there is no cart, and no reason to end.
    return [];
  }
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
}).on('error', (error) => {
  console.error(`shop.js cannot listen on port ${port}: ${error.code === 'EADDRINUSE' ? 'it is taken' : error.message}`);
  process.exit(1);
}).listen(port, '127.0.0.1');
