// Cases of a gRPC client: node grpc-client.mjs HOST:PORT CA.pem|- CASE… Says of each how it came out (cases.mjs).
//
// The cases in the upper part are those that gRPC describes for clients of all languages, under its names; the others are ours.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import grpc from '@grpc/grpc-js';
import { run } from './cases.mjs';
import { payload, TestService, UnimplementedService } from './interop.mjs';

// Calls end by themselves; this only turns one that never does into a failure.
const LIMIT_MS = 30_000;
const REQUEST_SIZES = [27182, 8, 1828, 45904];
const RESPONSE_SIZES = [31415, 9, 2653, 58979];
const LARGE_REQUEST = 271828;
const LARGE_RESPONSE = 314159;
const { status } = grpc;

const [address, ca, ...names] = process.argv.slice(2);

const open = (Service, options = {}) => new Service(
  address,
  ca === '-' ? grpc.credentials.createInsecure() : grpc.credentials.createSsl(readFileSync(ca)),
  { 'grpc.ssl_target_name_override': 'localhost', 'grpc.max_receive_message_length': -1, ...options });
const client = open(TestService);

const limited = (options) => ({ deadline: Date.now() + LIMIT_MS, ...options });

/** Calls and returns the response or error with the initial metadata and the status, which has the trailing metadata. */
function unary(method, request, metadata = new grpc.Metadata(), from = client) {
  return new Promise((resolve) => {
    const result = {};
    const call = from[method](request, metadata, limited(), (error, response) => {
      result.error = error;
      result.response = response;
    });
    call.on('metadata', (initial) => {
      result.initial = initial;
    });
    call.on('status', (ended) => resolve({ ...result, status: ended }));
  });
}

// `once` would fail with the error that comes with a status other than OK.
const statusOf = (call) => new Promise((resolve) => {
  call.on('status', resolve);
});

/** A call that streams both ways. */
function duplex(metadata = new grpc.Metadata(), options = {}, from = client) {
  const call = from.FullDuplexCall(metadata, limited(options));
  const opened = { call, replies: [], status: statusOf(call), initial: undefined };
  call.on('metadata', (initial) => {
    opened.initial = initial;
  });
  call.on('data', (reply) => opened.replies.push(reply.payload.body.length));
  // The status says it all.
  call.on('error', () => {});
  return opened;
}

const asking = (request, response) => ({
  response_type: 'COMPRESSABLE',
  response_parameters: response.map((size) => ({ size })),
  payload: payload(request),
});

const largeRequest = () => ({ response_type: 'COMPRESSABLE', response_size: LARGE_RESPONSE, payload: payload(LARGE_REQUEST) });

async function large(metadata, from = client) {
  const { error, response, ...rest } = await unary('UnaryCall', largeRequest(), metadata, from);
  assert.equal(error, null);
  assert.ok(response.payload.body.equals(Buffer.alloc(LARGE_RESPONSE)));
  return rest;
}

function echoes(initial, trailing) {
  assert.deepEqual(initial.get('x-grpc-test-echo-initial'), ['test_initial_metadata_value']);
  assert.deepEqual(trailing.get('x-grpc-test-echo-trailing-bin'), [Buffer.from('ababab', 'hex')]);
}

async function fails(details) {
  const wanted = { code: status.UNKNOWN, message: details };
  const { error } = await unary('UnaryCall', { ...largeRequest(), response_status: wanted });
  assert.equal(error.code, status.UNKNOWN);
  assert.equal(error.details, details);

  const stream = duplex();
  stream.call.write({ ...asking(1, []), response_status: wanted });
  stream.call.end();
  const ended = await stream.status;
  assert.equal(ended.code, status.UNKNOWN);
  assert.equal(ended.details, details);
}

const published = {
  async empty_unary() {
    const { error, response } = await unary('EmptyCall', {});
    assert.equal(error, null);
    assert.deepEqual(response, {});
  },

  async large_unary() {
    await large();
  },

  async client_streaming() {
    const response = await new Promise((resolve, reject) => {
      const call = client.StreamingInputCall(limited(), (error, sum) => (error ? reject(error) : resolve(sum)));
      for (const size of REQUEST_SIZES) {
        call.write({ payload: payload(size) });
      }
      call.end();
    });
    assert.equal(response.aggregated_payload_size, 74922);
  },

  async server_streaming() {
    const call = client.StreamingOutputCall(asking(0, RESPONSE_SIZES), limited());
    const ended = statusOf(call);
    const sizes = [];
    for await (const reply of call) {
      sizes.push(reply.payload.body.length);
    }
    assert.deepEqual(sizes, RESPONSE_SIZES);
    assert.equal((await ended).code, status.OK);
  },

  async ping_pong() {
    const stream = duplex();
    for (const [i, size] of RESPONSE_SIZES.entries()) {
      const reply = once(stream.call, 'data');
      stream.call.write(asking(REQUEST_SIZES[i], [size]));
      await reply;
      assert.equal(stream.replies.at(-1), size);
    }
    stream.call.end();
    assert.equal((await stream.status).code, status.OK);
    assert.deepEqual(stream.replies, RESPONSE_SIZES);
  },

  async empty_stream() {
    const stream = duplex();
    stream.call.end();
    assert.equal((await stream.status).code, status.OK);
    assert.deepEqual(stream.replies, []);
  },

  async custom_metadata() {
    const metadata = new grpc.Metadata();
    metadata.set('x-grpc-test-echo-initial', 'test_initial_metadata_value');
    metadata.set('x-grpc-test-echo-trailing-bin', Buffer.from('ababab', 'hex'));
    const call = await large(metadata);
    echoes(call.initial, call.status.metadata);

    const stream = duplex(metadata);
    stream.call.write(asking(LARGE_REQUEST, [LARGE_RESPONSE]));
    stream.call.end();
    const ended = await stream.status;
    assert.deepEqual(stream.replies, [LARGE_RESPONSE]);
    echoes(stream.initial, ended.metadata);
  },

  status_code_and_message: () => fails('test status message'),

  special_status_message: () => fails('\t\ntest with whitespace\r\nand Unicode BMP \u263a and non-BMP \u{1f608}\t\n'),

  async unimplemented_method() {
    assert.equal((await unary('UnimplementedCall', {})).error.code, status.UNIMPLEMENTED);
  },

  async unimplemented_service() {
    const other = open(UnimplementedService);
    assert.equal((await unary('UnimplementedCall', {}, undefined, other)).error.code, status.UNIMPLEMENTED);
    other.close();
  },

  async cancel_after_begin() {
    const error = await new Promise((resolve) => {
      client.StreamingInputCall(limited(), resolve).cancel();
    });
    assert.equal(error.code, status.CANCELLED);
  },

  async cancel_after_first_response() {
    const stream = duplex();
    stream.call.write(asking(REQUEST_SIZES[0], [RESPONSE_SIZES[0]]));
    await once(stream.call, 'data');
    stream.call.cancel();
    assert.equal((await stream.status).code, status.CANCELLED);
    assert.deepEqual(stream.replies, [RESPONSE_SIZES[0]]);
  },

  async timeout_on_sleeping_server() {
    const stream = duplex(undefined, { deadline: Date.now() + 1 });
    stream.call.write(asking(REQUEST_SIZES[0], []));
    assert.equal((await stream.status).code, status.DEADLINE_EXCEEDED);
  },
};

const ours = {
  /** A call that the server has begun ends at its deadline, however long it took to get there. */
  async deadline() {
    for (let ms = 200; ; ms *= 2) {
      const stream = duplex(undefined, { deadline: Date.now() + ms });
      stream.call.write(asking(REQUEST_SIZES[0], []));
      assert.equal((await stream.status).code, status.DEADLINE_EXCEEDED);
      if (stream.initial !== undefined) {
        return;
      }
    }
  },

  /** The server has the call already, without a message, and hears that it was cancelled. */
  async cancel_before_messages() {
    const error = await new Promise((resolve) => {
      const call = client.StreamingInputCall(limited(), resolve);
      call.on('metadata', () => call.cancel());
    });
    assert.equal(error.code, status.CANCELLED);
  },

  /** Every message is compressed, as the channel is told to. */
  async compressed_requests() {
    const gzip = open(TestService, { 'grpc.default_compression_algorithm': 2 });
    await large(undefined, gzip);
    const stream = duplex(undefined, {}, gzip);
    for (const [i, size] of REQUEST_SIZES.entries()) {
      stream.call.write(asking(size, [RESPONSE_SIZES[i]]));
    }
    stream.call.end();
    assert.equal((await stream.status).code, status.OK);
    assert.deepEqual(stream.replies, RESPONSE_SIZES);
    gzip.close();
  },

  async many_calls_at_once() {
    await Promise.all(Array.from({ length: 200 }, () => large()));
  },

  async unavailable() {
    const { error } = await unary('EmptyCall', {});
    assert.equal(error.code, status.UNAVAILABLE);
    const stream = duplex();
    stream.call.write(asking(1, [1]));
    assert.equal((await stream.status).code, status.UNAVAILABLE);
  },

  /** Which servers answer the calls of one channel, which has one connection. */
  async servers() {
    const counts = {};
    for (let i = 0; i < 40; i++) {
      const { initial } = await unary('EmptyCall', {});
      const [server] = initial.get('x-server');
      counts[server] = (counts[server] ?? 0) + 1;
    }
    return Object.keys(counts).sort().map((server) => `${server} ${counts[server]}`).join(', ');
  },
};

await run({ ...published, ...ours }, names);
client.close();

// Some calls that have ended keep a timer for their deadline, and with it the process.
process.exit();
