// SPDX-License-Identifier: Apache-2.0
import {DecodeError, PortError} from '../../core/errors.ts';
import {decodeUtf8, encodeUtf8} from '../../core/text.ts';
import type {Observe, RoutingProtocol} from '../../model/observation.ts';
import type {Runtime, StreamAddress} from '../../port/port.ts';
import {BABEL_DUMP, decodeBabelDump, isBabelAnswerWhole} from '../../wire/routing/babel.ts';
import {type BmxVersion, decodeBmxLinks, decodeBmxOriginator} from '../../wire/routing/bmx.ts';
import {
	decodeOlsr,
	decodeOlsr2,
	OLSR_REQUEST,
	OLSR2_LINKS_REQUEST,
	OLSR2_ROUTES_REQUEST,
} from '../../wire/routing/olsr.ts';
import {ENTRY_LIMIT, type Route, type RoutingTable} from '../../wire/routing/table.ts';
import type {RoutingDriver} from './driver.ts';
import {BABEL_SOCKETS, bmxFolder, isThere, OLSR_CONFIGURATION, OLSR2_CONFIGURATION} from './presence.ts';
import {ask} from './question.ts';

type Answer = (protocol: RoutingProtocol, table: RoutingTable | undefined) => void;
type Port = Pick<Runtime, 'stream' | 'clock' | 'files'>;

const never = (): boolean => false;

/** What every daemon's driver shares: one question under way, and failures that are observed and never thrown. */
abstract class Daemon implements RoutingDriver {
	protected readonly port: Port;
	readonly #protocol: RoutingProtocol;
	readonly #observe: Observe;
	#cancel = (): void => {};

	constructor(port: Port, protocol: RoutingProtocol, observe: Observe) {
		this.port = port;
		this.#protocol = protocol;
		this.#observe = observe;
	}

	start(): void {}

	stop(): void {
		this.#cancel();
	}

	abstract present(): boolean;
	abstract read(done: Answer): void;

	protected question(address: StreamAddress, text: string, isWhole: (text: string) => boolean, done: Answer): Question {
		return then => {
			this.#cancel = ask(this.port, address, encodeUtf8(text), isWhole, answer => {
				if (typeof answer === 'string') return this.decode(done, () => then(answer));
				this.#fail(answer);
				done(this.#protocol, undefined);
			});
		};
	}

	/** Runs a decoder; bytes that mean nothing end the look without a table. */
	protected decode(done: Answer, task: () => RoutingTable | undefined): void {
		let table: RoutingTable | undefined;
		try {
			table = task();
			if (table === undefined) return; // goes on with another question
		} catch (error) {
			if (!(error instanceof DecodeError) && !(error instanceof PortError)) throw error;
			this.#fail(error);
		}
		done(this.#protocol, table);
	}

	#fail(error: DecodeError | PortError): void {
		const detail = error instanceof DecodeError ? error.path : error.message;
		this.#observe({kind: 'failure', source: this.#protocol, code: error.code, detail});
	}
}

type Question = (then: (answer: string) => RoutingTable | undefined) => void;

/** babeld, by its read-only local socket (`local-path`). */
export class Babel extends Daemon {
	constructor(port: Port, observe: Observe) {
		super(port, 'babel', observe);
	}

	#path(): string | undefined {
		return BABEL_SOCKETS.find(path => isThere(this.port.files, path));
	}

	present(): boolean {
		return this.#path() !== undefined;
	}

	read(done: Answer): void {
		const path = this.#path();
		if (path === undefined) return done('babel', undefined);
		this.question({kind: 'unix', path}, BABEL_DUMP, isBabelAnswerWhole, done)(decodeBabelDump);
	}
}

const loopback = (port: number): StreamAddress => ({kind: 'tcp', host: '127.0.0.1', port});

/** olsrd with the jsoninfo plugin on its usual port. */
export class Olsr extends Daemon {
	constructor(port: Port, observe: Observe) {
		super(port, 'olsr', observe);
	}

	present(): boolean {
		return isThere(this.port.files, OLSR_CONFIGURATION);
	}

	read(done: Answer): void {
		this.question(loopback(9090), OLSR_REQUEST, never, done)(decodeOlsr);
	}
}

/** OONF's olsrd2, by its telnet port. */
export class Olsr2 extends Daemon {
	constructor(port: Port, observe: Observe) {
		super(port, 'olsr2', observe);
	}

	present(): boolean {
		return isThere(this.port.files, OLSR2_CONFIGURATION);
	}

	read(done: Answer): void {
		this.question(
			loopback(2009),
			OLSR2_LINKS_REQUEST,
			never,
			done,
		)(links => {
			this.question(loopback(2009), OLSR2_ROUTES_REQUEST, never, done)(routes => decodeOlsr2(links, routes));
			return undefined;
		});
	}
}

/** bmx6 or bmx7 with its json plugin: files that it keeps up to date. */
export class Bmx extends Daemon {
	readonly #version: BmxVersion;

	constructor(port: Port, version: BmxVersion, observe: Observe) {
		super(port, version, observe);
		this.#version = version;
	}

	get #folder(): string {
		return bmxFolder(this.#version);
	}

	present(): boolean {
		return this.port.files.list(this.#folder) !== undefined;
	}

	read(done: Answer): void {
		this.decode(done, () => {
			const links = this.#text('links');
			const routes: Route[] = [];
			for (const name of (this.port.files.list(`${this.#folder}/originators`) ?? []).slice(0, ENTRY_LIMIT)) {
				const text = this.#text(`originators/${name}`); // one may be leaving while we look
				const route = text === undefined ? undefined : decodeBmxOriginator(this.#version, text);
				if (route !== undefined) routes.push(route);
			}
			return {links: links === undefined ? [] : decodeBmxLinks(this.#version, links), routes, gateways: []};
		});
	}

	#text(name: string): string | undefined {
		const bytes = this.port.files.read(`${this.#folder}/${name}`);
		return bytes === undefined ? undefined : decodeUtf8(bytes);
	}
}
