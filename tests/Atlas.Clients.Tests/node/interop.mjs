// The services of interop.proto, for clients and servers.
import { fileURLToPath } from 'node:url';
import grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const definition = loadSync(fileURLToPath(new URL('interop.proto', import.meta.url)), { keepCase: true, enums: String, defaults: true });

export const { TestService, UnimplementedService } = grpc.loadPackageDefinition(definition).grpc.testing;

/** A payload of zeros. */
export const payload = (size) => ({ type: 'COMPRESSABLE', body: Buffer.alloc(size) });
