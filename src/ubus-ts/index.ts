// SPDX-License-Identifier: Apache-2.0
export {type BlobTable, type BlobValue, decodeTable, encodeTable, typed} from './blobmsg.ts';
export * from './call.ts';
export * from './client.ts';
export * from './definition.ts';
export * from './events.ts';
export * from './monitor.ts';
export * from './notify.ts';
export * from './promise.ts';
export * from './serve.ts';
export * from './status.ts';
export * from './subscribe.ts';
export * from './wait-for.ts';
