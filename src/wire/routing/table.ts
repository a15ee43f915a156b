// SPDX-License-Identifier: Apache-2.0
import {DecodeError} from '../../core/errors.ts';

// One vocabulary for what routing protocols say, whichever of them runs.

/**
 * How good a way is, in the terms of the protocol that says so; each protocol fills one of them.
 *
 * Units: `quality` 0 to 1 (TQ of BATMAN_IV); `throughputKbps` in kbit/s (BATMAN_V, bmx6, bmx7, olsrd2); `etx` expected
 * transmissions, 1 is perfect (olsrd); `cost` has no unit: 256 a perfect wireless hop for babel, air time in 0.01 TU
 * for 802.11s.
 */
export interface Metric {
	readonly quality?: number;
	readonly throughputKbps?: number;
	readonly etx?: number;
	readonly cost?: number;
}

/** A neighbour that is heard directly. `peer` is the address that the protocol knows it by. */
export interface RoutingLink extends Metric {
	readonly interface: string;
	readonly peer: string;
	/** Absent: the protocol does not say. */
	readonly lastSeenMs?: number;
}

/** The way in use to a destination. Absent `hops`: the protocol does not count them. */
export interface Route extends Metric {
	readonly destination: string;
	readonly nextHop: string;
	readonly interface: string;
	readonly hops?: number;
}

/** A router that offers a way out of the mesh. */
export interface RoutingGateway extends Metric {
	readonly gateway: string;
	readonly selected: boolean;
	readonly hops?: number;
}

export interface RoutingTable {
	readonly links: readonly RoutingLink[];
	readonly routes: readonly Route[];
	readonly gateways: readonly RoutingGateway[];
}

/** More of anything than a mesh has: what is beyond is not read. */
export const ENTRY_LIMIT = 2000;

/** Whether a destination is everything: a route there is a way out. */
export function isDefault(destination: string): boolean {
	return destination === '0.0.0.0/0' || destination === '::/0';
}

export type JsonRecord = Readonly<Record<string, unknown>>;

/** Reads JSON of a daemon. Errors: DecodeError 'syntax', or 'type' when it is no object. */
export function parseRecord(text: string, path: string): JsonRecord {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		throw new DecodeError('syntax', path, 0);
	}
	return asRecord(value, path);
}

export function asRecord(value: unknown, path: string): JsonRecord {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new DecodeError('type', path, 0);
	return value as JsonRecord;
}

/** The records of a list. Absent: none where the list is not there. Errors: DecodeError 'type' | 'limit'. */
export function recordsOf(of: JsonRecord, name: string, path: string): readonly JsonRecord[] {
	const list = of[name];
	if (list === undefined) return [];
	if (!Array.isArray(list)) throw new DecodeError('type', `${path}.${name}`, 0);
	if (list.length > ENTRY_LIMIT) throw new DecodeError('limit', `${path}.${name}`, 0);
	return list.map(each => asRecord(each, `${path}.${name}`));
}

/** Errors: DecodeError 'missing' | 'type'. */
export function textOf(of: JsonRecord, name: string, path: string): string {
	const value = of[name];
	if (value === undefined) throw new DecodeError('missing', `${path}.${name}`, 0);
	if (typeof value !== 'string' || value.length > 256) throw new DecodeError('type', `${path}.${name}`, 0);
	return value;
}

/** A number that is not below zero; daemons write some of them as text. Absent: undefined for anything else. */
export function numberOf(of: JsonRecord, name: string): number | undefined {
	const value = of[name];
	const number = typeof value === 'string' && value !== '' ? Number(value) : value;
	return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? number : undefined;
}

/** An object with the member, or without it where the value is absent. */
export function optional<K extends string>(name: K, value: number | undefined): {readonly [P in K]?: number} {
	return value === undefined ? {} : ({[name]: value} as {readonly [P in K]: number});
}
