// SPDX-License-Identifier: Apache-2.0
import {type Assignment, type ChannelInstance, endsOf} from './instance.ts';

// What networks do without an algorithm of ours.

/** Everything on one channel. */
export function singleChannel({links}: ChannelInstance): Assignment {
	return new Int32Array(links);
}

/** The same channels on every node, a link on any of them: what a fixed list in the firmware gives. */
export function sameChannels({links, radios, channels}: ChannelInstance, random: () => number): Assignment {
	const common = Math.min(radios, channels);
	return Int32Array.from({length: links}, () => Math.floor(random() * common));
}

/** Every node draws its own channels; a link lives where its ends have one in common. */
export function randomChannels(instance: ChannelInstance, random: () => number): Assignment {
	const {graph, channels, radios} = instance;
	const own = Array.from({length: graph.nodes}, () => drawn(channels, Math.min(radios, channels), random));
	return commonChannels(instance, own, random);
}

function drawn(channels: number, count: number, random: () => number): number[] {
	const all = Array.from({length: channels}, (_, channel) => channel);
	for (let i = 0; i < count; i++) {
		const j = i + Math.floor(random() * (channels - i));
		[all[i], all[j]] = [all[j] as number, all[i] as number];
	}
	return all.slice(0, count);
}

/** A link takes one of the channels that both its ends have; -1 where there is none. */
function commonChannels(
	{graph, links}: ChannelInstance,
	own: readonly (readonly number[])[],
	random: () => number,
): Assignment {
	return Int32Array.from({length: links}, (_, e) => {
		const [a, b] = endsOf(graph, e);
		const shared = (own[a] ?? []).filter(channel => own[b]?.includes(channel));
		return shared[Math.floor(random() * shared.length)] ?? -1;
	});
}

/**
 * Automatic channel selection as hostapd does it, once at every router's start: each radio takes the channel that is
 * least busy where it stands, and nobody asks the neighbours.
 *
 * Shape:  routers start in a random order. What a router measures on a channel is how many radios of routers within two
 *         hops are on it already; its own radios take different ones; ties are drawn. Channels here do not overlap, so
 *         hostapd's weights of adjacent channels have nothing to weigh.
 * Source: hostapd src/ap/acs.c: the mean of (busy - tx) / (active - tx), the least wins.
 */
export function automaticSelection(instance: ChannelInstance, random: () => number): Assignment {
	const {graph, channels, radios} = instance;
	const own: number[][] = Array.from({length: graph.nodes}, () => []);
	for (const node of shuffled(graph.nodes, random)) {
		const load = new Float64Array(channels);
		const near = new Set<number>([...(graph.neighbours[node] ?? [])]);
		for (const next of [...near]) for (const far of graph.neighbours[next] ?? []) near.add(far);
		near.delete(node);
		for (const other of near) for (const channel of own[other] ?? []) load[channel] = (load[channel] ?? 0) + 1;
		for (let radio = 0; radio < Math.min(radios, channels); radio++) {
			let best = -1;
			let bestLoad = Number.POSITIVE_INFINITY;
			for (let channel = 0; channel < channels; channel++) {
				if (own[node]?.includes(channel)) continue;
				const drawnLoad = (load[channel] as number) + random() * 0.5;
				if (drawnLoad < bestLoad) [best, bestLoad] = [channel, drawnLoad];
			}
			own[node]?.push(best);
		}
	}
	return commonChannels(instance, own, random);
}

export function shuffled(count: number, random: () => number): number[] {
	const order = Array.from({length: count}, (_, i) => i);
	for (let i = count - 1; i > 0; i--) {
		const j = Math.floor(random() * (i + 1));
		[order[i], order[j]] = [order[j] as number, order[i] as number];
	}
	return order;
}
