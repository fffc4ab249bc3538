// A gRPC server without TLS: node grpc-server.mjs NAME. Says on standard output where it listens, the time that callers leave it,
// and which calls were cancelled. Its name is in the initial metadata of each response.
import grpc from '@grpc/grpc-js';
import { payload, TestService } from './interop.mjs';

const [name] = process.argv.slice(2);
const say = (line) => process.stdout.write(`${line}\n`);

/** Sends the initial metadata and returns what is to trail. */
function begin(call, method) {
  const deadline = call.getDeadline();
  if (Number.isFinite(Number(deadline))) {
    say(`deadline ${method}`);
  }
  call.on('cancelled', () => say(`cancelled ${method}`));

  const initial = new grpc.Metadata();
  initial.set('x-server', name);
  for (const value of call.metadata.get('x-grpc-test-echo-initial')) {
    initial.add('x-grpc-test-echo-initial', value);
  }
  call.sendMetadata(initial);

  const trailing = new grpc.Metadata();
  for (const value of call.metadata.get('x-grpc-test-echo-trailing-bin')) {
    trailing.add('x-grpc-test-echo-trailing-bin', value);
  }
  return trailing;
}

const failure = ({ code, message }, metadata) => ({ code, details: message, metadata });

const hasFailure = (request) => request.response_status !== null && request.response_status.code !== 0;

function answer(call, request) {
  for (const { size } of request.response_parameters) {
    call.write({ payload: payload(size) });
  }
}

const service = {
  EmptyCall(call, callback) {
    const trailing = begin(call, 'EmptyCall');
    callback(null, {}, trailing);
  },

  UnaryCall(call, callback) {
    const trailing = begin(call, 'UnaryCall');
    if (hasFailure(call.request)) {
      callback(failure(call.request.response_status, trailing));
    } else {
      callback(null, { payload: payload(call.request.response_size) }, trailing);
    }
  },

  StreamingInputCall(call, callback) {
    const trailing = begin(call, 'StreamingInputCall');
    let sum = 0;
    call.on('data', (request) => {
      sum += request.payload.body.length;
    });
    call.on('end', () => callback(null, { aggregated_payload_size: sum }, trailing));
  },

  StreamingOutputCall(call) {
    const trailing = begin(call, 'StreamingOutputCall');
    answer(call, call.request);
    call.end(trailing);
  },

  FullDuplexCall(call) {
    const trailing = begin(call, 'FullDuplexCall');
    call.on('data', (request) => {
      if (hasFailure(request)) {
        call.emit('error', failure(request.response_status, trailing));
      } else {
        answer(call, request);
      }
    });
    call.on('end', () => call.end(trailing));
  },
};

const server = new grpc.Server();
server.addService(TestService.service, service);
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) {
    throw error;
  }
  say(`listening on 127.0.0.1:${port}`);
});
