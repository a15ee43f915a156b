// SPDX-License-Identifier: Apache-2.0
import {type AddressInfo, createServer, type Socket} from 'node:net';
import {TestBus} from '../../test/helper/bus.ts';

/** The tests' stand-in for ubusd, on a TCP port of the loopback: a guest's socket is forwarded to it. */
export interface BusServer {
	readonly bus: TestBus;
	readonly port: number;
	close(): void;
}

export async function startBusServer(): Promise<BusServer> {
	const bus = new TestBus();
	const sockets = new Set<Socket>();
	const server = createServer(socket => {
		sockets.add(socket);
		const handlers = bus.accept({write: bytes => socket.write(bytes), close: () => socket.destroy()});
		socket.on('data', (data: Buffer) => handlers.data(new Uint8Array(data)));
		socket.on('error', () => undefined); // told by 'close'
		socket.on('close', () => {
			sockets.delete(socket);
			handlers.close();
		});
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	return {
		bus,
		port: (server.address() as AddressInfo).port,
		close() {
			server.close();
			for (const socket of sockets) socket.destroy();
		},
	};
}
