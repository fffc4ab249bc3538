// A web server of HTTP/1.1: node web-server.mjs. Says on standard output where it listens, and what happens to its WebSockets.
//
//   GET /                a page that loads everything below, opens a WebSocket, and posts to /report what became of it
//   GET /style/N.css, /script/N.js, /image/N.svg, /data/N.json
//   GET /bytes/N         so many bytes
//   POST /echo           what was sent
//   GET /socket          a WebSocket (below)
import http from 'node:http';
import { WebSocketServer } from 'ws';
import { page, resource } from './web-page.mjs';

const MESSAGE_LIMIT = 4 * 1024 * 1024;

const say = (line) => process.stdout.write(`${line}\n`);

function send(response, type, body) {
  response.writeHead(200, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

const server = http.createServer((request, response) => {
  const [, folder, name] = request.url.split('/');
  if (request.method === 'POST' && folder === 'echo') {
    response.writeHead(200, { 'content-type': 'application/octet-stream' });
    request.pipe(response);
  } else if (request.method === 'POST' && folder === 'report') {
    let text = '';
    request.on('data', (piece) => {
      text += piece;
    });
    request.on('end', () => {
      say(`report ${text}`);
      response.writeHead(204).end();
    });
  } else if (folder === 'bytes') {
    send(response, 'application/octet-stream', Buffer.alloc(Number(name), 'x'));
  } else if (folder === '') {
    send(response, 'text/html; charset=utf-8', page());
  } else {
    const found = resource(folder, name);
    if (found === undefined) {
      response.writeHead(404).end();
    } else {
      send(response, ...found);
    }
  }
});

// A WebSocket echoes what it gets. Some texts ask for more:
//   close CODE REASON    the server closes so
//   ping TEXT            the server sends a ping, and says when its pong has come
const sockets = new WebSocketServer({
  server,
  path: '/socket',
  maxPayload: MESSAGE_LIMIT,
  perMessageDeflate: true,
  handleProtocols: (protocols) => (protocols.has('second') ? 'second' : false),
});
sockets.on('connection', (socket, request) => {
  const query = request.url.split('?')[1] ?? '';
  say(`socket of HTTP/${request.httpVersion} ${request.headers.via}`);
  socket.on('message', (data, isBinary) => {
    const [word, argument, ...reason] = isBinary ? [] : data.toString().split(' ', 3);
    if (word === 'close') {
      socket.close(Number(argument), reason.join(' '));
    } else if (word === 'ping') {
      socket.ping(argument);
    } else {
      socket.send(data, { binary: isBinary });
    }
  });
  socket.on('pong', (data) => say(`${query} pong ${data}`));
  socket.on('close', (code, reason) => say(`${query} closed ${code} ${reason}`));
  socket.on('error', () => {});
});

server.listen(0, '127.0.0.1', () => say(`listening on 127.0.0.1:${server.address().port}`));
