// SPDX-License-Identifier: Apache-2.0
import {createHash, randomBytes, scrypt, timingSafeEqual} from 'node:crypto';
import {isNodeName, parseTopic, type Topic, type TopicKind} from '../../wire/report/topic.ts';

/** What a connection may do. Absent node: anonymous, in a lab or on a closed LAN, where any node's name is taken. */
export interface Identity {
	readonly node?: string;
}

const writable: readonly TopicKind[] = ['hello', 't', 'ev', 'state', 'res'];

/** A node writes under its own name only, and never commands. Absent: undefined where it may not. */
export function mayPublish(identity: Identity, topic: string): Topic | undefined {
	const parsed = parseTopic(topic);
	if (parsed === undefined || !writable.includes(parsed.kind)) return undefined;
	return identity.node === undefined || identity.node === parsed.node ? parsed : undefined;
}

/** A node hears the commands to itself and nothing else. Absent: undefined where it may not. */
export function maySubscribe(identity: Identity, filter: string): Topic | undefined {
	const parsed = parseTopic(filter);
	if (parsed?.kind !== 'cmd') return undefined;
	return identity.node === undefined || identity.node === parsed.node ? parsed : undefined;
}

const SCRYPT = {N: 4096, r: 8, p: 1};
const KEY_BYTES = 32;

/** A password as the credentials file may hold it instead of plain text. */
export async function hashPassword(password: string): Promise<string> {
	const salt = randomBytes(16);
	const key = await deriveKey(password, salt);
	return `scrypt:${salt.toString('hex')}:${key.toString('hex')}`;
}

/**
 * Who may connect: one line a node, `name:password` or `name:scrypt:salt:key`; `#` starts a comment.
 *
 * Errors: Error that names the line.
 */
export class Credentials {
	readonly #secrets = new Map<string, string>();
	/** Digests of passwords that were right, so that a storm of reconnects does not derive keys again. */
	readonly #known = new Map<string, string>();

	constructor(text: string) {
		for (const [index, raw] of text.split('\n').entries()) {
			const line = raw.trim();
			if (line === '' || line.startsWith('#')) continue;
			const colon = line.indexOf(':');
			const name = line.slice(0, Math.max(colon, 0));
			const secret = line.slice(colon + 1);
			if (!isNodeName(name) || secret === '') throw new Error(`credentials: line ${index + 1} is not "node:password"`);
			if (secret.startsWith('scrypt:') && !/^scrypt:[0-9a-f]{32}:[0-9a-f]{64}$/.test(secret))
				throw new Error(`credentials: line ${index + 1} has a broken scrypt entry`);
			this.#secrets.set(name, secret);
		}
	}

	async verify(username: string, password: Buffer): Promise<boolean> {
		const secret = this.#secrets.get(username);
		if (secret === undefined) return false;
		if (!secret.startsWith('scrypt:')) return timingSafeEqual(digest(password), digest(Buffer.from(secret)));
		const shown = digest(password).toString('hex');
		if (this.#known.get(username) === shown) return true;
		const [, salt = '', key = ''] = secret.split(':');
		const derived = await deriveKey(password, Buffer.from(salt, 'hex'));
		if (!timingSafeEqual(derived, Buffer.from(key, 'hex'))) return false;
		this.#known.set(username, shown);
		return true;
	}
}

function digest(bytes: Buffer): Buffer {
	return createHash('sha256').update(bytes).digest();
}

function deriveKey(password: string | Buffer, salt: Buffer): Promise<Buffer> {
	return new Promise((resolve, reject) => {
		scrypt(password, salt, KEY_BYTES, SCRYPT, (error, key) => (error === null ? resolve(key) : reject(error)));
	});
}
