// SPDX-License-Identifier: Apache-2.0
import {spawn} from 'node:child_process';
import {fileURLToPath} from 'node:url';

export interface PicturedMesh {
	readonly url: string;
	stop(): Promise<void>;
}

const READY_MS = 180_000;

/** What `npm start` starts, once it says where its page is. With a URL: what runs there already. */
export function startPicturedMesh(url?: string): Promise<PicturedMesh> {
	if (url !== undefined) return Promise.resolve({url, stop: async () => {}});
	const root = fileURLToPath(new URL('../..', import.meta.url));
	const words = ['--import=tsx', 'scripts/start.ts', '--http', '127.0.0.1:0', '--history', '5400'];
	const child = spawn(process.execPath, words, {cwd: root, stdio: ['ignore', 'pipe', 'inherit']});
	const ended = new Promise<void>(resolve => child.once('exit', () => resolve()));
	const stop = async (): Promise<void> => {
		child.kill('SIGINT');
		await ended;
	};
	return new Promise((resolve, reject) => {
		let text = '';
		child.stdout.on('data', chunk => {
			text += String(chunk);
			const found = /\n {2}(http:\S+)\n/.exec(text)?.[1];
			if (found === undefined) return;
			clearTimeout(limit);
			resolve({url: found, stop});
		});
		const limit = setTimeout(() => {
			void stop();
			reject(new Error(`npm start was not ready in ${READY_MS / 1000} s`));
		}, READY_MS);
		void ended.then(() => {
			clearTimeout(limit);
			reject(new Error(`npm start ended early: ${text}`));
		});
	});
}
