// Calls a method that the server does not have, in frames: node trailers-only.mjs URL CA.pem|-. Says the statuses of HTTP and of
// gRPC, and whether the head of the response ended the stream, as the responses of gRPC do that are "trailers only".
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http2 from 'node:http2';

const [url, ca] = process.argv.slice(2);
const session = http2.connect(url, ca === '-' ? {} : { ca: readFileSync(ca) });
const stream = session.request({
  ':method': 'POST',
  ':path': '/grpc.testing.TestService/UnimplementedCall',
  'content-type': 'application/grpc',
  te: 'trailers',
});
stream.end(Buffer.alloc(5));
const [head, flags] = await once(stream, 'response');
const ends = (flags & http2.constants.NGHTTP2_FLAG_END_STREAM) !== 0;
process.stdout.write(`${head[':status']} ${head['grpc-status']} ${ends ? 'ends' : 'goes on'}\n`);
stream.resume();
await once(stream, 'close');
session.close();
