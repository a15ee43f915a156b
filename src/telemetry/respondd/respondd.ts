// SPDX-License-Identifier: Apache-2.0
import {PortError} from '../../core/errors.ts';
import {decodeUtf8} from '../../core/text.ts';
import type {Board} from '../../model/board.ts';
import type {Datagram, DatagramSource, Files, Log, Runtime} from '../../port/port.ts';
import {RESPONDD_GROUPS, RESPONDD_PORT, readQuestion, writeAnswer} from '../../wire/respondd/request.ts';
import {type Identity, neighboursOf, nodeinfoOf, statisticsOf} from './answers.ts';

// The socket on which maps of the mesh ask. It joins Gluon's groups on the interfaces it was given, and joins them again now
// and then, since an interface may come later, or come back under another number.

const NETWORK = '/sys/class/net';
/** Whose address names the router, the first that there is. */
const NAMING = ['br-client', 'br-lan', 'bat0', 'eth0'];
/** Answers in one second, to all together: a question is small and has any sender's address. */
const ANSWERS_PER_SECOND = 20;

export interface RespondOptions {
	readonly hostname: string;
	readonly version: string;
	/** Empty: every interface but the loopback. */
	readonly interfaces: readonly string[];
	readonly log: Log;
}

export class Respondd {
	readonly #runtime: Runtime;
	readonly #board: Board;
	readonly #options: RespondOptions;
	#socket: Datagram | undefined;
	readonly #joined = new Map<string, number>();
	#refused: string[] = [];
	#second = 0;
	#answered = 0;

	constructor(runtime: Runtime, board: Board, options: RespondOptions) {
		this.#runtime = runtime;
		this.#board = board;
		this.#options = options;
	}

	/** Errors: PortError when the port cannot be had. */
	start(): void {
		this.#socket = this.#runtime.datagram(
			{family: 'ipv6', port: RESPONDD_PORT, shared: true},
			{
				message: (bytes, source) => this.#answer(bytes, source),
				error: () => {}, // an answer that could not be delivered is the asker's loss
			},
		);
		this.#join();
	}

	stop(): void {
		this.#socket?.close();
		this.#socket = undefined;
	}

	poll(done: () => void): void {
		this.#join();
		done();
	}

	#join(): void {
		const {interfaces, log} = this.#options;
		const {files} = this.#runtime;
		const wanted = interfaces.length > 0 ? interfaces : this.#names().filter(name => name !== 'lo');
		for (const name of wanted) {
			const index = Number(firstLine(files, `${NETWORK}/${name}/ifindex`));
			if (!(index > 0)) this.#joined.delete(name);
			if (!(index > 0) || this.#joined.get(name) === index) continue;
			try {
				for (const group of RESPONDD_GROUPS) this.#socket?.join(group, index);
				this.#joined.set(name, index);
			} catch (error) {
				if (!(error instanceof PortError)) throw error;
				if (this.#refused.includes(name)) continue;
				this.#refused.push(name);
				log.write('warning', `respondd: ${name} cannot be listened on: ${error.message} (said once)`);
			}
		}
	}

	#names(): readonly string[] {
		try {
			return this.#runtime.files.list(NETWORK) ?? [];
		} catch (error) {
			if (!(error instanceof PortError)) throw error;
			return [];
		}
	}

	#answer(bytes: Uint8Array, {address, port, interfaceIndex}: DatagramSource): void {
		const question = readQuestion(bytes);
		if (question === undefined || !this.#mayAnswer()) return;
		const measured = this.#board.latest();
		const identity = this.#identity();
		const macOf = (name: string): string | undefined =>
			firstLine(this.#runtime.files, `${NETWORK}/${name}/address`) || undefined;
		const answer = writeAnswer(question, name => {
			if (name === 'nodeinfo') return nodeinfoOf(identity, measured);
			return name === 'statistics' ? statisticsOf(identity, measured) : neighboursOf(identity, measured, macOf);
		});
		this.#socket?.send(answer, address, port, interfaceIndex);
	}

	#mayAnswer(): boolean {
		const second = Math.floor(this.#runtime.clock.nowMs() / 1000);
		if (second !== this.#second) this.#answered = 0;
		this.#second = second;
		return this.#answered++ < ANSWERS_PER_SECOND;
	}

	#identity(): Identity {
		const {files} = this.#runtime;
		const {hostname, version} = this.#options;
		const macs = [...NAMING, ...this.#names()].map(name => firstLine(files, `${NETWORK}/${name}/address`));
		return {
			hostname,
			mac: macs.find(mac => mac !== '' && mac !== '00:00:00:00:00:00') ?? '',
			addresses: addressesOf(textOf(files, '/proc/net/if_inet6')),
			model: firstLine(files, '/tmp/sysinfo/model'),
			processors: `\n${textOf(files, '/proc/cpuinfo')}`.split('\nprocessor').length - 1 || 1,
			release: firstLine(files, '/etc/openwrt_version'),
			agentVersion: version,
		};
	}
}

function textOf(files: Files, path: string): string {
	try {
		return decodeUtf8(files.read(path) ?? new Uint8Array());
	} catch (error) {
		if (!(error instanceof PortError)) throw error;
		return '';
	}
}

const firstLine = (files: Files, path: string): string => textOf(files, path).split('\n')[0]?.trim() ?? '';

/** Addresses of /proc/net/if_inet6 that others can reach, each written in full. */
export function addressesOf(text: string): string[] {
	const found: string[] = [];
	for (const line of text.split('\n')) {
		const [digits = '', , , scope] = line.split(' ').filter(word => word !== '');
		if (digits.length !== 32 || scope === '10') continue;
		const groups: string[] = [];
		for (let i = 0; i < 32; i += 4) groups.push(digits.slice(i, i + 4));
		found.push(groups.join(':'));
	}
	return found;
}
