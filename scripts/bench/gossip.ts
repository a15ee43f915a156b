// SPDX-License-Identifier: Apache-2.0
import {nodeCrypto} from '../../src/runtime/node/crypto.ts';
import {airTimeUs} from '../../src/source/peer/air-time.ts';
import {encodeLetter} from '../../src/wire/peer/envelope.ts';
import {AgentMesh, nameOf} from '../../test/helper/agent-mesh.ts';
import {buildBinary} from '../build/binary.ts';
import {encodeJson} from './gossip/json.ts';
import {message} from './gossip/record.ts';
import {instructionsPerRepetition} from './measure/callgrind.ts';
import type {Row} from './row.ts';

export const name = 'gossip';
export const about =
	'what routers tell each other: bytes, instructions beside JSON + HMAC, and air time at 10, 50 and 200';

const FEW = 50;
const MANY = 250;
const AIR_TARGET = 0.01;
const RADIOS_MHZ = [5180, 5260];
const MINUTE_MS = 60_000;
/** Routers, and hops from corner to corner: in the largest each hears eight, and four hops reach some eighty. */
const MESHES = [
	[10, 8],
	[50, 8],
	[200, 16],
] as const;

/** Routers on a square, each hearing those within a fourth of the way from the middle to a corner: 4 hops. */
function square(routers: number, hopsAcross: number): [number, number][] {
	const side = Math.ceil(Math.sqrt(routers));
	const reach = Math.max(1.1, (Math.SQRT2 * (side - 1)) / hopsAcross + 0.3);
	const links: [number, number][] = [];
	for (let a = 0; a < routers; a++)
		for (let b = 0; b < a; b++)
			if (Math.hypot((a % side) - (b % side), Math.floor(a / side) - Math.floor(b / side)) <= reach) links.push([a, b]);
	return links;
}

interface Talk {
	/** Of one router. */
	readonly bytesPerS: number;
	readonly messagesPerS: number;
	/** Of a radio's air, sent and heard: on average, and where most. */
	readonly meanShare: number;
	readonly mostShare: number;
}

/** The agents themselves: what they say in the given minutes since they began, in order. */
async function measure(routers: number, hopsAcross: number, minutes: readonly number[]): Promise<readonly Talk[]> {
	const links = square(routers, hopsAcross);
	const channelsMhz = [...RADIOS_MHZ, 5500, 5580, 5660, 5745];
	const mesh = new AgentMesh({links, routers, radiosMhz: RADIOS_MHZ, channelsMhz, keepsFrames: false});
	await mesh.start();
	const talks: Talk[] = [];
	for (let minute = 1; minute <= Math.max(...minutes); minute++) {
		mesh.tapped.length = 0;
		await mesh.pass(MINUTE_MS);
		if (minutes.includes(minute)) talks.push(talkOf(mesh, links, routers));
	}
	mesh.stop();
	return talks;
}

/** As if every radio were where it began: those that left hear less than is counted here. */
function talkOf(mesh: AgentMesh, links: readonly [number, number][], routers: number): Talk {
	const ms = MINUTE_MS;
	const placeOf = new Map(Array.from({length: routers}, (_, place) => [nameOf(place), place]));
	const radios = RADIOS_MHZ.length;
	const sentUs = new Float64Array(routers * radios);
	let bytes = 0;
	for (const sent of mesh.tapped) {
		const at = (placeOf.get(sent.from) ?? 0) * radios + sent.radio;
		sentUs[at] = (sentUs[at] as number) + airTimeUs(sent.bytes, RADIOS_MHZ[sent.radio] ?? 0, sent.toOne);
		bytes += sent.bytes;
	}
	const heardUs = Float64Array.from(sentUs);
	for (const [a, b] of links)
		for (let radio = 0; radio < radios; radio++) {
			heardUs[a * radios + radio] = (heardUs[a * radios + radio] as number) + (sentUs[b * radios + radio] as number);
			heardUs[b * radios + radio] = (heardUs[b * radios + radio] as number) + (sentUs[a * radios + radio] as number);
		}
	const shares = [...heardUs].map(us => us / 1000 / ms);
	return {
		bytesPerS: (bytes / routers / ms) * 1000,
		messagesPerS: (mesh.tapped.length / routers / ms) * 1000,
		meanShare: shares.reduce((sum, share) => sum + share, 0) / shares.length,
		mostShare: Math.max(...shares),
	};
}

export async function run(report: (row: Row) => void): Promise<void> {
	const row = (metric: string, value: number, unit: string, baseline?: number): void =>
		report({bench: name, metric, value, unit, ...(baseline === undefined ? {} : {baseline, ratio: value / baseline})});
	const instructions = async (what: string): Promise<number> => {
		const {path} = await buildBinary({
			arch: 'x86_64',
			entry: `scripts/bench/gossip/${what}.ts`,
			name: `bench-gossip-${what}`,
		});
		return instructionsPerRepetition(path, FEW, MANY);
	};
	const ours = encodeLetter({...message, network: 1, scheme: 0, key: 1}, message.body).length;
	row('recordBytes', ours, 'bytes', encodeJson(nodeCrypto, message).length);
	row('instructionsToSend', await instructions('encode'), 'instructions', await instructions('json-encode'));
	row('instructionsToTake', await instructions('decode'), 'instructions', await instructions('json-decode'));
	row('instructionsToVerify', await instructions('verify'), 'instructions');
	for (const [routers, hopsAcross] of MESHES) {
		const [begin, planning, rest] = (await measure(routers, hopsAcross, [1, 2, 7])) as [Talk, Talk, Talk];
		row(`bytesPerSecondOfRouter.${routers}`, rest.bytesPerS, 'bytes/s');
		row(`messagesPerSecondOfRouter.${routers}`, rest.messagesPerS, '1/s');
		row(`airTimeShare.${routers}`, rest.meanShare, 'share', AIR_TARGET);
		row(`airTimeShareMost.${routers}`, rest.mostShare, 'share', AIR_TARGET);
		row(`airTimeShareSecondMinute.${routers}`, planning.meanShare, 'share', AIR_TARGET);
		row(`airTimeShareFirstMinute.${routers}`, begin.meanShare, 'share', AIR_TARGET);
	}
	const [dense] = (await measure(50, 4, [8])) as [Talk];
	row('airTimeShare.50.cornerToCorner', dense.meanShare, 'share', AIR_TARGET);
}
