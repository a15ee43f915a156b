// SPDX-License-Identifier: Apache-2.0
import {serve} from '@hono/node-server';
import {Hono} from 'hono';
import type {NocClock} from '../clock.ts';
import type {Intake} from '../ingest/intake.ts';
import type {ListenAddress} from '../ingest/listener.ts';
import {latestValues} from '../latest.ts';
import type {MessageLog} from '../store/message-log.ts';
import {nodeSummary} from './node-summary.ts';

export interface HttpServices {
	readonly clock: NocClock;
	readonly intake: Intake;
	readonly log: MessageLog;
}

export async function startHttp(
	address: ListenAddress,
	services: HttpServices,
): Promise<{url: string; close(): Promise<void>}> {
	const {clock, intake} = services;
	const app = new Hono();
	app.get('/api/v1/nodes', context => {
		const wallMs = clock.wallMs();
		return context.json({timeMs: wallMs, nodes: [...intake.nodes.values()].map(record => nodeSummary(record, wallMs))});
	});
	app.get('/api/v1/latest', context => {
		const record = intake.nodes.get(context.req.query('node') ?? '');
		if (record === undefined) return context.json({error: {code: 'not-found', message: 'no such node'}}, 404);
		return context.json({node: record.name, values: latestValues(record)});
	});
	return new Promise((resolve, reject) => {
		const server = serve({fetch: app.fetch, hostname: address.host, port: address.port}, bound => {
			const host = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address;
			resolve({
				url: `http://${host}:${bound.port}`,
				close: () =>
					new Promise(done => {
						server.close(() => done());
						if ('closeAllConnections' in server) server.closeAllConnections();
					}),
			});
		});
		server.once('error', reject);
	});
}
