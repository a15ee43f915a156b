// SPDX-License-Identifier: Apache-2.0
import dom from 'luci:dom';
import {_, E} from 'luci:globals';
import poll from 'luci:poll';
import rpc from 'luci:rpc';
import * as page from './page.ts';
import type {Survey} from './survey.ts';

// What the agent answers on ubus, and how a page follows it.

export interface Part {
	readonly name: string;
	readonly state: 'absent' | 'loading' | 'running' | 'failed';
	readonly reason: string;
}

export interface Status {
	readonly node: string;
	readonly version: string;
	readonly uptimeS: number;
	readonly intervalS: number;
	readonly parts: readonly Part[];
	readonly problems: readonly {readonly option: string; readonly message: string}[];
}

export interface Radio {
	readonly radio: string;
	readonly frequencyMhz?: number;
	readonly widthMhz?: number;
	readonly transmitPowerDbm?: number;
}

/** A mesh peer: a router, never a person's device. */
export interface Station {
	readonly interface: string;
	readonly peer: string;
	readonly signalDbm?: number;
	readonly signalAverageDbm?: number;
	readonly transmitRateKbps?: number;
	readonly receiveRateKbps?: number;
	readonly expectedThroughputKbps?: number;
	readonly inactiveMs?: number;
	readonly transmitPackets?: number;
	readonly transmitRetries?: number;
	readonly transmitFailed?: number;
	readonly airtimeMetric?: number;
}

export interface Clients {
	readonly interface: string;
	readonly count: number;
	readonly signalMedianDbm?: number;
}

/** Foreign networks of one channel in the last scan. */
export interface Foreign {
	readonly radio: string;
	readonly frequencyMhz: number;
	readonly accessPoints: number;
}

export interface Decision {
	readonly atMs: number;
	readonly subject: string;
	readonly action: string;
	readonly reason: string;
	readonly numbers: Readonly<Record<string, number>>;
	readonly outcome?: string;
}

export interface Plan {
	readonly radio: string;
	readonly frequencyMhz: number;
	readonly reason: string;
}

/** Signal strengths over a stretch of spectrum, the oldest row first. */
export interface Sweep {
	readonly radio: string;
	readonly leastMhz: number;
	readonly mostMhz: number;
	readonly intervalMs: number;
	readonly rowsDbm: readonly (readonly number[])[];
}

export interface Telemetry {
	readonly broker: string;
	readonly state: string;
	readonly reason: string;
	readonly queueBytes: number;
	readonly queueLimitBytes: number;
	readonly queuedFrames: number;
	readonly sentFrames: number;
	readonly droppedFrames: number;
	readonly lastSentS?: number;
}

const declare = <R>(method: string): (() => Promise<R>) =>
	rpc.declare<R>({object: 'astral-mesh', method, reject: true});

export const status = declare<Status>('status');
export const radios = declare<{radios: readonly Radio[]}>('radios');
export const survey = declare<{channels: readonly Survey[]}>('survey');
export const stations = declare<{stations: readonly Station[]; clients: readonly Clients[]}>('stations');
export const spectrum = declare<{sweeps: readonly Sweep[]}>('spectrum');
export const neighbours = declare<{channels: readonly Foreign[]}>('neighbours');
export const decisions = declare<{decisions: readonly Decision[]}>('decisions');
export const plan = declare<{radios: readonly Plan[]}>('plan');
export const telemetry = declare<Telemetry>('telemetry');

const EVERY_S = 5;

interface Watched<T> {
	readonly title: string;
	readonly about: string;
	readonly load: () => Promise<T>;
	readonly draw: (loaded: T) => readonly Node[];
}

/** The members of a view that shows what was loaded, loads it again while the page is open, and saves nothing. */
export function watched<T>({title, about, load, draw}: Watched<T>) {
	return {
		handleSave: null,
		handleSaveApply: null,
		handleReset: null,

		async render(): Promise<Node> {
			const place = E('div');
			const refresh = async (): Promise<void> => {
				try {
					replace(place, draw(await load()));
				} catch (error) {
					dom.content(place, silence(error));
				}
			};
			await Promise.all([page.dressed(), refresh()]);
			poll.add(refresh, EVERY_S);
			return page.frame(title, about, place);
		},
	};
}

/** What the reader opened stays open and where it was scrolled to; the keyboard stays where it is. */
function replace(place: HTMLElement, drawn: readonly Node[]): void {
	const details = (): HTMLDetailsElement[] => [...place.querySelectorAll('details')];
	const before = details().map(each => ({
		isOpen: each.open,
		isFocused: each.contains(document.activeElement),
		top: each.querySelector('.am-scroll')?.scrollTop ?? 0,
	}));
	dom.content(place, drawn);
	for (const [i, each] of details().entries()) {
		each.open = before[i]?.isOpen ?? false;
		if (before[i]?.isFocused === true) each.querySelector('summary')?.focus();
		const table = each.querySelector('.am-scroll');
		if (table !== null) table.scrollTop = before[i]?.top ?? 0;
	}
}

function silence(error: unknown): HTMLElement {
	return page.notice(
		'bad',
		_('No answer'),
		_('The agent does not answer. Is the service running?'),
		' ',
		E('code', {}, '/etc/init.d/astral-mesh status'),
		' ',
		E('span', {class: 'am-quiet'}, String(error).split('\n')[0]),
	);
}
