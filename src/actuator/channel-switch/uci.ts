// SPDX-License-Identifier: Apache-2.0
import {PortError} from '../../core/errors.ts';
import {decodeUtf8, encodeUtf8} from '../../core/text.ts';
import type {Channel} from '../../model/channel.ts';
import type {Files, Log} from '../../port/port.ts';
import {UciDocument} from '../../uci-parser/document.ts';
import {UciError} from '../../uci-parser/error.ts';
import {findSection, type Section} from '../../uci-parser/package.ts';
import {nameOf} from './chandef.ts';
import type {Intents} from './channel-switch.ts';
import {readWishes, type Wish, writeWishes} from './handover.ts';
import {type Change, noteChange, readChanges, writeChanges} from './original.ts';
import {wiphyOf} from './phy.ts';
import {channelIn, devicesOf, settingsFor, textOf} from './wireless-section.ts';

// The channel that held, in /etc/config/wireless, by an edit that touches nothing else. Nothing is written that is there
// already. The daemon, which is not root, cannot write there: it leaves its wish for `astral-mesh keep`, which is.

export const WIRELESS = '/etc/config/wireless';
export const ORIGINAL = '/etc/astral-mesh/original';
export const HANDOVER = '/var/run/astral-mesh/keep';

export class UciIntents implements Intents {
	/** Files written, wishes handed over, and what failed. */
	readonly counts = {written: 0, handedOver: 0, failed: 0};
	readonly #files: Files;
	readonly #log: Log;
	#lastFailure = '';

	constructor(files: Files, log: Log) {
		this.#files = files;
		this.#log = log;
	}

	keep(radio: number, channel: Channel): void {
		this.#attempt(`radio ${radio}'s channel is not kept`, () => {
			try {
				this.#write(radio, channel);
			} catch (error) {
				if (!(error instanceof PortError) || error.code !== 'permission') throw error;
				this.#handOver({radio, channel});
			}
		});
	}

	/** Takes the wishes that a daemon without rights left. */
	takeWishes(): void {
		this.#attempt('wishes cannot be taken', () => {
			const bytes = this.#files.read(HANDOVER, 4096);
			if (bytes === undefined) return;
			for (const {radio, channel} of readWishes(decodeUtf8(bytes))) this.#write(radio, channel);
			this.#files.remove(HANDOVER);
		});
	}

	/**
	 * Sets again what we had set where the value of before is back, as after lime-config, which writes all of it anew. A third
	 * value is somebody's own, and stays.
	 */
	renew(): void {
		this.#attempt('channels are not set again', () => {
			const changes = this.#changes();
			this.#edit((section, set) => {
				for (const {option, before, ours} of changes.filter(each => each.section === section.name))
					if ((textOf(section, option) ?? '') === before) set(option, ours);
			});
		});
	}

	restore(): readonly {readonly radio: number; readonly channel: Channel | undefined}[] {
		const places: {radio: number; channel: Channel | undefined}[] = [];
		this.#attempt('what was configured is not restored', () => {
			const changes = this.#changes();
			if (changes.length === 0) return;
			const changed = new Set<string>();
			const document = this.#edit((section, set) => {
				for (const {option, before, ours} of changes.filter(each => each.section === section.name)) {
					if (textOf(section, option) !== ours) continue;
					set(option, before);
					changed.add(section.name);
				}
			});
			for (const section of document === undefined ? [] : devicesOf(document.package)) {
				const radio = changed.has(section.name) ? wiphyOf(section, this.#files) : undefined;
				if (radio !== undefined) places.push({radio, channel: channelIn(section)});
			}
			this.#files.remove(ORIGINAL);
		});
		return places;
	}

	#changes(): readonly Change[] {
		return readChanges(decodeUtf8(this.#files.read(ORIGINAL) ?? new Uint8Array()));
	}

	#write(radio: number, channel: Channel): void {
		let changes = this.#changes();
		const before = writeChanges(changes);
		let isFound = false;
		const document = this.#edit(
			(section, set) => {
				if (isFound || wiphyOf(section, this.#files) !== radio) return;
				isFound = true;
				for (const [option, ours] of settingsFor(section, channel)) {
					const now = textOf(section, option) ?? '';
					if (now === ours) continue;
					changes = noteChange(changes, section.name, option, now, ours);
					set(option, ours);
				}
			},
			// What there was is safe before it is changed.
			() => {
				if (writeChanges(changes) !== before) this.#files.replace(ORIGINAL, encodeUtf8(writeChanges(changes)));
			},
		);
		if (document === undefined) return;
		if (!isFound) throw new PortError('not-found', `${WIRELESS} has no wifi-device that is radio ${radio}`);
	}

	/** Absent: undefined where there is no such file. Nothing is written where nothing changed. */
	#edit(
		visit: (section: Section, set: (option: string, value: string) => void) => void,
		beforeWriting: () => void = () => {},
	): UciDocument | undefined {
		const bytes = this.#files.read(WIRELESS);
		if (bytes === undefined) return undefined;
		const document = new UciDocument(bytes, 'wireless');
		for (const {name} of devicesOf(document.package)) {
			const section = findSection(document.package, name);
			if (section !== undefined) visit(section, (option, value) => document.set(name, option, value));
		}
		if (document.bytes === bytes || isEqual(document.bytes, bytes)) return document;
		beforeWriting();
		this.#files.replace(WIRELESS, document.bytes);
		this.counts.written++;
		this.#log.write('notice', `${WIRELESS} is changed`);
		return document;
	}

	#handOver(wish: Wish): void {
		const there = readWishes(decodeUtf8(this.#files.read(HANDOVER, 4096) ?? new Uint8Array()));
		const wishes = [...there.filter(({radio}) => radio !== wish.radio), wish];
		this.#files.replace(HANDOVER, encodeUtf8(writeWishes(wishes)), 0o600);
		this.counts.handedOver++;
		this.#log.write('notice', `radio ${wish.radio} is to stay on ${nameOf(wish.channel)}: left for who may write it`);
	}

	#attempt(what: string, task: () => void): void {
		try {
			task();
		} catch (error) {
			if (!(error instanceof PortError || error instanceof UciError)) throw error;
			this.counts.failed++;
			const failure = `${what}: ${error.message}`;
			// The same words again are no news.
			if (failure !== this.#lastFailure) this.#log.write('warning', failure);
			this.#lastFailure = failure;
		}
	}
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
	if (a.length !== b.length) return false;
	for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
	return true;
}
