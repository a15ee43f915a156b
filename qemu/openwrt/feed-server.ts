// SPDX-License-Identifier: Apache-2.0
import {readFile} from 'node:fs/promises';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join, normalize} from 'node:path';

/** What the router fetches from the host: the feed, the keys, and scripts that are too long for its console. */
export interface FeedServer {
	readonly port: number;
	/** The distribution that is served, as `npm run package` wrote it. */
	folder: string;
	/** Answers the address of a script. */
	script(text: string): string;
	close(): void;
}

export async function startFeedServer(folder: string): Promise<FeedServer> {
	const scripts: string[] = [];
	const state = {folder};
	const server = createServer((request, response) => {
		const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://host').pathname));
		const number = /^\/script\/(\d+)$/.exec(path)?.[1];
		const bytes =
			number === undefined
				? readFile(join(state.folder, path))
				: Promise.resolve(Buffer.from(scripts[Number(number)] ?? ''));
		bytes.then(
			body => response.writeHead(200, {'content-length': body.length}).end(body),
			() => response.writeHead(404).end(),
		);
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	return {
		port: (server.address() as AddressInfo).port,
		get folder() {
			return state.folder;
		},
		set folder(value) {
			state.folder = value;
		},
		script: text => `/script/${scripts.push(text) - 1}`,
		close: () => void server.close(),
	};
}
