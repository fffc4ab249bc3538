// A WebSocket in a stream of HTTP/2, by extended CONNECT (RFC 8441): node socket-http2.mjs URL CA.pem|-. The frames are made and
// read by the module ws, the stream is node's. Ends with 0 if all was as it has to be.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http2 from 'node:http2';
import { Receiver, Sender } from 'ws';

const LARGE = 1024 * 1024;
const NORMAL = 1000;

const [url, ca] = process.argv.slice(2);
const session = http2.connect(url, ca === '-' ? {} : { ca: readFileSync(ca) });
const [settings] = await once(session, 'remoteSettings');
assert.equal(settings.enableConnectProtocol, true);

/** Opens one; several share the connection. */
async function open() {
  const stream = session.request({
    ':method': 'CONNECT',
    ':protocol': 'websocket',
    ':path': `/socket?${new URL(url).protocol}http2`,
    'sec-websocket-version': '13',
    'sec-websocket-protocol': 'second',
  }, { endStream: false });
  const [head] = await once(stream, 'response');
  assert.equal(head[':status'], 200);
  assert.equal(head['sec-websocket-protocol'], 'second');
  assert.equal(head['sec-websocket-accept'], undefined);
  const receiver = new Receiver({ isServer: false, allowSynchronousEvents: true });
  stream.pipe(receiver);
  return { stream, receiver, sender: new Sender(stream, {}) };
}

async function ask({ receiver, sender }, message) {
  const reply = once(receiver, 'message');
  sender.send(message, { binary: typeof message !== 'string', compress: false, fin: true, mask: true });
  const [data, isBinary] = await reply;
  return isBinary ? data : data.toString();
}

async function talk(socket) {
  assert.equal(await ask(socket, 'h\u00e9 \u{1f608}'), 'h\u00e9 \u{1f608}');
  const bytes = randomBytes(LARGE);
  assert.ok(bytes.equals(await ask(socket, bytes)));

  const pong = once(socket.receiver, 'pong');
  socket.sender.ping('from here', true);
  assert.equal((await pong)[0].toString(), 'from here');
}

/** The end of the stream follows the closing frame of WebSocket. */
async function concluded({ stream, receiver }, begin) {
  const both = Promise.all([once(receiver, 'conclude'), once(stream, 'end')]);
  begin();
  const [[code, reason]] = await both;
  return [code, reason.toString()];
}

const sockets = await Promise.all(Array.from({ length: 10 }, open));
await Promise.all(sockets.map(talk));
const [first, second, ...others] = sockets;
assert.deepEqual(await concluded(first, () => first.sender.close(4001, 'enough of it', true)), [4001, 'enough of it']);
first.stream.end();

second.sender.send('close 4002 likewise', { binary: false, compress: false, fin: true, mask: true });
const [code, reason] = await once(second.receiver, 'conclude');
assert.deepEqual([code, reason.toString()], [4002, 'likewise']);
second.sender.close(code, reason, true);
second.stream.end();

await Promise.all(others.map((one) => concluded(one, () => one.sender.close(NORMAL, '', true))));
others.forEach(({ stream }) => stream.end());
session.close();
