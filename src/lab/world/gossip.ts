// SPDX-License-Identifier: Apache-2.0
import type {Hearing, SimLinks} from '../../runtime/sim/links.ts';
import {survival} from '../medium/error-rate.ts';
import {mpduBits} from '../medium/graph/exchange.ts';
import type {MediumSetup} from '../medium/medium.ts';
import {CARRIER_SENSE_DBM} from '../medium/parameters.ts';
import {rateNamed} from '../medium/rates.ts';
import type {World} from './world.ts';

/** Broadcast frames go at the lowest rate and are not tried again. */
const broadcastRate = rateNamed('ofdm-6');
const GOSSIP_BYTES = 300;
/** Through two kernels and a queue; and what a busy channel adds at half its capacity. */
const KERNEL_MS = 1;
const QUEUE_MS = 4;
/** What the medium counts changes: so often its losses are looked at again. */
const LOOK_EVERY_S = 5;
const LEAST_ATTEMPTS = 10;

/**
 * The mesh's links as agents' datagrams use them: who decodes whom, on which interfaces, with the medium's losses.
 *
 * Shape:    a broadcast frame is lost by noise (error model at 6 Mbit/s), by what the medium counts as collisions, hidden
 *           senders and interferers on that link, and by the scenario's extra loss. Latency grows with the channel's use.
 *           Losses are means since both radios came to their channel: gossip gets through to a node that an interferer which
 *           came later makes deaf.
 * Validity: gossip itself puts no load on the medium: at 200 bytes every 10 s it is far below a percent.
 */
export class WorldLinks implements SimLinks {
	readonly #world: World;
	readonly #radioOf = new Map<string, number>();
	#setup: MediumSetup | undefined;
	#lookedAtS = Number.NEGATIVE_INFINITY;
	#hearings: readonly (readonly Hearing[])[] = [];
	/** What each link had counted when its radios came to their channels. */
	readonly #since = new Map<number, {readonly channels: string; readonly attempts: number; readonly losses: number}>();

	constructor(world: World) {
		this.#world = world;
		for (const [index, {node, number}] of world.radios.entries()) {
			const plan = world.nodes[node];
			const radio = plan?.radios[number];
			if (plan !== undefined && radio !== undefined) this.#radioOf.set(`${plan.name}%${radio.interfaceIndex}`, index);
		}
	}

	hearings(host: string, interfaceIndex: number): readonly Hearing[] {
		const radio = this.#radioOf.get(`${host}%${interfaceIndex}`);
		if (radio === undefined) return [];
		const {setup, nowS} = this.#world;
		if (setup !== this.#setup || nowS - this.#lookedAtS >= LOOK_EVERY_S) this.#look(setup);
		return this.#hearings[radio] ?? [];
	}

	/** fe80:: with the radio's number: the same for as long as the world lasts. */
	address(host: string, interfaceIndex: number): string {
		const radio = this.#radioOf.get(`${host}%${interfaceIndex}`) ?? 0;
		return `fe80::ff:fe00:${(radio + 1).toString(16)}`;
	}

	#look(setup: MediumSetup): void {
		this.#setup = setup;
		this.#lookedAtS = this.#world.nowS;
		const {links, radios} = this.#world.read();
		const lost = new Map<number, number>();
		const count = setup.radios.length;
		for (const link of links) {
			const key = link.from * count + link.to;
			const {collisionLosses, hiddenLosses, deafLosses, interfererLosses, attempts} = link;
			const losses = collisionLosses + hiddenLosses + deafLosses + interfererLosses;
			const channels = `${setup.radios[link.from]?.primaryMhz} ${setup.radios[link.to]?.primaryMhz}`;
			let since = this.#since.get(key) ?? {channels, attempts: 0, losses: 0};
			// Counts that begin anew are all new.
			if (attempts < since.attempts) since = {channels, attempts: 0, losses: 0};
			if (since.channels !== channels) since = {channels, attempts, losses};
			this.#since.set(key, since);
			const sent = attempts - since.attempts;
			if (sent >= LEAST_ATTEMPTS) lost.set(key, Math.min(1, (losses - since.losses) / sent));
		}
		const hearings = setup.radios.map(() => [] as Hearing[]);
		const {from, to, receivedDbm} = setup.couplings;
		for (let i = 0; i < from.length; i++) {
			const [sender, receiver] = [from[i] ?? 0, to[i] ?? 0];
			const [a, b] = [setup.radios[sender], setup.radios[receiver]];
			const level = receivedDbm[i] ?? -200;
			if (a === undefined || b === undefined || a.node === b.node) continue;
			if (a.primaryMhz !== b.primaryMhz || a.active === false || b.active === false) continue;
			if (level < CARRIER_SENSE_DBM || !this.#isMesh(sender) || !this.#isMesh(receiver)) continue;
			const clean = survival(broadcastRate, mpduBits(GOSSIP_BYTES, broadcastRate), level - b.noiseDbm);
			const free = 1 - (lost.get(sender * count + receiver) ?? 0);
			const use = radios[sender];
			const total = use === undefined ? 0 : use.transmitUs + use.receiveUs + use.busyUs + use.idleUs;
			const busy = use === undefined || total === 0 ? 0 : 1 - use.idleUs / total;
			const hearer = this.#world.radios[receiver];
			const plan = this.#world.nodes[hearer?.node ?? -1];
			const radio = plan?.radios[hearer?.number ?? -1];
			if (plan === undefined || radio === undefined) continue;
			hearings[sender]?.push({
				host: plan.name,
				interfaceIndex: radio.interfaceIndex,
				lossShare: 1 - clean * free * (1 - this.#world.gossipLossShare),
				latencyMs: KERNEL_MS + QUEUE_MS * (busy / Math.max(0.05, 1 - busy)),
			});
		}
		this.#hearings = hearings;
	}

	#isMesh(index: number): boolean {
		const radio = this.#world.radios[index];
		return this.#world.nodes[radio?.node ?? -1]?.radios[radio?.number ?? -1]?.isAccess === false;
	}
}
