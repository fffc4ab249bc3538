// Cases of a WebSocket client over HTTP/1.1: node socket-client.mjs URL CA.pem|- CASE… Says of each how it came out (cases.mjs).
// The server is told in the query which scheme and case it is.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { WebSocket } from 'ws';
import { run } from './cases.mjs';

const LARGE = 1024 * 1024;

const [url, ca, ...names] = process.argv.slice(2);

async function open(name, protocols = [], options = {}) {
  const from = `${url}?${new URL(url).protocol}${name}`;
  const socket = new WebSocket(from, protocols, { ...(ca === '-' ? {} : { ca: readFileSync(ca) }), perMessageDeflate: false, ...options });
  await once(socket, 'open');
  return socket;
}

async function ask(socket, message) {
  const reply = once(socket, 'message');
  socket.send(message);
  const [data, isBinary] = await reply;
  return isBinary ? data : data.toString();
}

/** Sends this to be closed by the server, or closes, and returns how that went. */
async function closing(socket, close) {
  const closed = once(socket, 'close');
  close();
  const [code, reason] = await closed;
  return [code, reason.toString()];
}

const cases = {
  async text() {
    const socket = await open('text');
    assert.equal(await ask(socket, 'hello'), 'hello');
    assert.equal(await ask(socket, 'h\u00e9 \u263a \u{1f608}'), 'h\u00e9 \u263a \u{1f608}');
    assert.equal(await ask(socket, ''), '');
    await closing(socket, () => socket.close());
  },

  async binary() {
    const socket = await open('binary');
    for (const length of [0, 1, 125, 126, 65535, 65536]) {
      const bytes = randomBytes(length);
      assert.ok(bytes.equals(await ask(socket, bytes)), `${length} bytes`);
    }
    await closing(socket, () => socket.close());
  },

  async large() {
    const socket = await open('large');
    const bytes = randomBytes(LARGE);
    assert.ok(bytes.equals(await ask(socket, bytes)));
    assert.equal(await ask(socket, 'x'.repeat(LARGE)), 'x'.repeat(LARGE));
    await closing(socket, () => socket.close());
  },

  async fragments() {
    const socket = await open('fragments');
    const reply = once(socket, 'message');
    socket.send('one ', { fin: false });
    socket.send('two ', { fin: false });
    socket.ping('between');
    socket.send('three');
    assert.equal((await reply)[0].toString(), 'one two three');
    await closing(socket, () => socket.close());
  },

  async compressed() {
    const socket = await open('compressed', [], { perMessageDeflate: { threshold: 0 } });
    assert.match(socket.extensions, /^permessage-deflate/u);
    assert.equal(await ask(socket, 'x'.repeat(LARGE)), 'x'.repeat(LARGE));
    await closing(socket, () => socket.close());
  },

  async protocol() {
    const socket = await open('protocol', ['first', 'second']);
    assert.equal(socket.protocol, 'second');
    await closing(socket, () => socket.close());
  },

  async ping() {
    const socket = await open('ping');
    const pong = once(socket, 'pong');
    socket.ping('from here');
    assert.equal((await pong)[0].toString(), 'from here');
    await closing(socket, () => socket.close());
  },

  async pinged() {
    const socket = await open('pinged');
    const ping = once(socket, 'ping');
    socket.send('ping there');
    assert.equal((await ping)[0].toString(), 'there');
    // The answer to this comes behind the pong, which the client sends by itself.
    assert.equal(await ask(socket, 'done'), 'done');
    await closing(socket, () => socket.close());
  },

  async close() {
    const socket = await open('close');
    assert.deepEqual(await closing(socket, () => socket.close(4001, 'enough of it')), [4001, 'enough of it']);
  },

  async closed() {
    const socket = await open('closed');
    assert.deepEqual(await closing(socket, () => socket.send('close 4002 likewise')), [4002, 'likewise']);
  },

  async terminated() {
    const socket = await open('terminated');
    assert.equal(await ask(socket, 'hello'), 'hello');
    socket.terminate();
  },
};

await run(cases, names);
