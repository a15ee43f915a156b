// SPDX-License-Identifier: Apache-2.0
import {DecodeError} from '../../core/errors.ts';
import {ENTRY_LIMIT, isDefault, optional, type Route, type RoutingLink, type RoutingTable} from './table.ts';

// babeld's local protocol: lines of words. On connecting it greets with its version and 'ok'; 'dump' is answered by
// lines 'add KIND ID NAME VALUE …' and 'ok'.
// Source: babeld(8), section LOCAL INTERFACE; babeld 1.12.1.

export const BABEL_DUMP = 'dump\n';
/** A metric of infinity: there is no way. Source: RFC 8966 §3.5.2. */
const INFINITY = 0xffff;

/** Whether an answer is whole: the greeting's 'ok' and the dump's. */
export function isBabelAnswerWhole(text: string): boolean {
	if (!text.endsWith('\nok\n')) return false; // most often, and cheap: it is asked at every piece
	const first = text.indexOf('\nok\n');
	return first + 4 < text.length;
}

/**
 * Reads the greeting and the answer to a dump.
 *
 * Errors: DecodeError 'version' for another protocol, 'truncated' where it does not end with 'ok', 'syntax' | 'missing' |
 *         'limit'. Lines of kinds that are not known are passed over: later versions have more.
 */
export function decodeBabelDump(text: string): RoutingTable {
	if (!text.startsWith('BABEL 1.')) throw new DecodeError('version', 'babel', 0);
	const links: RoutingLink[] = [];
	const routes: Route[] = [];
	let offset = 0;
	let oks = 0;
	for (const line of text.split('\n')) {
		if (line === 'ok') oks++;
		const words = line.split(' ');
		if (words[0] === 'no' || words[0] === 'bad') throw new DecodeError('syntax', 'babel', offset, line.slice(0, 80));
		if (words[0] === 'add' && words[1] === 'neighbour') links.push(linkOf(words, offset));
		if (words[0] === 'add' && words[1] === 'route') {
			const route = routeOf(words, offset);
			if (route !== undefined) routes.push(route);
		}
		if (links.length > ENTRY_LIMIT || routes.length > ENTRY_LIMIT) throw new DecodeError('limit', 'babel', offset);
		offset += line.length + 1;
	}
	if (oks < 2) throw new DecodeError('truncated', 'babel', text.length);
	const gateways = routes
		.filter(({destination}) => isDefault(destination))
		.map(({nextHop, cost}) => ({gateway: nextHop, selected: true, ...optional('cost', cost)}));
	return {links, routes, gateways};
}

/** The word behind a name. Errors: DecodeError 'missing'. */
function after(words: readonly string[], name: string, offset: number): string {
	const at = words.indexOf(name, 3);
	const value = at < 0 ? undefined : words[at + 1];
	if (value === undefined || value === '') throw new DecodeError('missing', `babel.${words[1]}.${name}`, offset);
	return value;
}

function costAfter(words: readonly string[], name: string, offset: number): number | undefined {
	const cost = Number(after(words, name, offset));
	if (!(cost >= 0 && cost <= INFINITY)) throw new DecodeError('range', `babel.${words[1]}.${name}`, offset);
	return cost === INFINITY ? undefined : cost;
}

function linkOf(words: readonly string[], offset: number): RoutingLink {
	return {
		interface: after(words, 'if', offset),
		peer: after(words, 'address', offset),
		...optional('cost', costAfter(words, 'cost', offset)),
	};
}

/** Absent: undefined for a route that is not in use or leads nowhere. */
function routeOf(words: readonly string[], offset: number): Route | undefined {
	const cost = costAfter(words, 'metric', offset);
	if (after(words, 'installed', offset) !== 'yes' || cost === undefined) return undefined;
	return {
		destination: after(words, 'prefix', offset),
		nextHop: after(words, 'via', offset),
		interface: after(words, 'if', offset),
		cost,
	};
}
