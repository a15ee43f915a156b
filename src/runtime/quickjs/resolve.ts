// SPDX-License-Identifier: Apache-2.0
import * as host from 'mesh:host';
import {PortError} from '../../core/errors.ts';
import {decodeUtf8} from '../../core/text.ts';
import {HostDatagram} from './datagram.ts';
import {decodeAnswer, encodeQuestion, typeA, typeAaaa} from './name-message.ts';

// libc's resolver would stop the loop until the answer or its own time limit, so names are looked up here.

const answerLimitMs = 2_000;
const rounds = 2;
const serverLimit = 3;
const namePort = 53;

type Found = (addresses: readonly string[], failure?: PortError) => void;

/** Lines of a file as lists of words, without comments. A file that is not there has none. */
function readWords(path: string): string[][] {
	const bytes = host.readFile(path);
	if (!(bytes instanceof Uint8Array)) return [];
	return decodeUtf8(bytes)
		.split('\n')
		.map(line => (line.split('#')[0] ?? '').replaceAll('\t', ' ').replaceAll('\r', ' ').split(' ').filter(Boolean));
}

/** Addresses the machine itself knows for a name: /etc/hosts, and localhost. */
export function localAddresses(name: string): string[] {
	const wanted = name.toLowerCase();
	const found: string[] = [];
	for (const [address, ...names] of readWords('/etc/hosts'))
		if (address !== undefined && names.some(each => each.toLowerCase() === wanted)) found.push(address);
	if (found.length === 0 && wanted === 'localhost') found.push('127.0.0.1', '::1');
	return found;
}

function nameServers(): string[] {
	const servers = readWords('/etc/resolv.conf')
		.filter(words => words[0] === 'nameserver')
		.flatMap(words => (words[1] === undefined ? [] : [words[1]]));
	return servers.length === 0 ? ['127.0.0.1'] : servers.slice(0, serverLimit);
}

/**
 * Looks a name up without stopping the loop: /etc/hosts, then the servers of /etc/resolv.conf, each asked twice.
 *
 * `found` is called once, later. IPv6 addresses come first. Errors: PortError 'name', in place of addresses.
 */
export function resolveName(name: string, found: Found): void {
	const local = localAddresses(name);
	if (local.length > 0) {
		host.after(0, () => found(local));
		return;
	}
	new Lookup(name, nameServers(), found).askNext();
}

export class Lookup {
	private readonly name: string;
	private readonly servers: readonly string[];
	private readonly found: Found;
	private readonly port: number;
	private turn = 0;

	constructor(name: string, servers: readonly string[], found: Found, port = namePort) {
		this.name = name;
		this.servers = servers;
		this.found = found;
		this.port = port;
	}

	askNext(): void {
		const server = this.servers[this.turn % this.servers.length];
		if (server === undefined || this.turn >= rounds * this.servers.length) {
			this.found([], new PortError('name', `${this.name}: no name server answers`));
			return;
		}
		this.turn++;
		try {
			this.ask(server);
		} catch (error) {
			const reason = error instanceof Error ? error.message : '';
			host.after(0, () => this.found([], new PortError('name', `${this.name}: ${reason}`)));
		}
	}

	private ask(server: string): void {
		const id = host.randomBytes(4);
		const questions = [
			encodeQuestion(((id[0] ?? 0) << 8) | (id[1] ?? 0), this.name, typeAaaa),
			encodeQuestion(((id[2] ?? 0) << 8) | (id[3] ?? 0), this.name, typeA),
		];
		const answers: (readonly string[] | undefined)[] = [undefined, undefined];
		let refused = false;
		const finish = (next: () => void) => {
			cancel();
			socket.close();
			next();
		};
		const family = server.includes(':') ? 'ipv6' : 'ipv4';
		const socket = new HostDatagram(
			{family},
			{
				message: (bytes, source) => {
					if (source.port !== this.port || (family === 'ipv4' && source.address !== server)) return;
					const which = questions.findIndex((question, i) => {
						if (answers[i] !== undefined) return false;
						try {
							const answer = decodeAnswer(bytes, question);
							if (answer.code !== 0 && answer.code !== 3) refused = true;
							answers[i] = answer.addresses;
							return true;
						} catch {
							return false; // not an answer to this; whoever sent it learns nothing
						}
					});
					if (which < 0 || answers.includes(undefined)) return;
					const addresses = answers.flatMap(each => each ?? []);
					if (addresses.length === 0 && refused) finish(() => this.askNext());
					else finish(() => this.tell(addresses));
				},
				error: () => finish(() => this.askNext()),
			},
		);
		const cancel = host.after(answerLimitMs, () => {
			const addresses = answers.flatMap(each => each ?? []);
			if (addresses.length > 0)
				finish(() => this.tell(addresses)); // one family is enough
			else finish(() => this.askNext());
		});
		for (const question of questions) socket.send(question, server, this.port);
	}

	private tell(addresses: readonly string[]): void {
		if (addresses.length > 0) this.found(addresses);
		else this.found([], new PortError('name', `${this.name}: no such name`));
	}
}
