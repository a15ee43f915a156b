// SPDX-License-Identifier: Apache-2.0
import type {Observe} from '../model/observation.ts';
import {attributes} from '../wire/netlink/attributes.ts';
import {NETLINK_ROUTE} from '../wire/netlink/message.ts';
import {
	decodeLinkHeader,
	encodeLinkRequest,
	IFF_LOOPBACK,
	IFF_RUNNING,
	LINK_HEADER_BYTES,
	linkFields,
} from '../wire/rtnetlink/link.ts';
import {RTM_DELLINK, RTM_NEWLINK, RTNLGRP_LINK} from '../wire/rtnetlink/message-type.ts';
import {NetlinkClient, type NetlinkPort} from './netlink-client.ts';

const linkTable = /* @__PURE__ */ attributes('rtnetlink.link', {
	name: linkFields.name.required,
	statistics: linkFields.statistics,
});

/** Traffic of every interface but the loopback, and interfaces that come and go as the kernel tells it. */
export class Interfaces {
	readonly #port: NetlinkPort;
	readonly #observe: Observe;
	readonly #client: NetlinkClient;
	readonly #names = new Map<number, string>();
	readonly #request: Uint8Array;

	constructor(port: NetlinkPort, observe: Observe) {
		this.#port = port;
		this.#observe = observe;
		this.#request = encodeLinkRequest(port.byteOrder);
		this.#client = new NetlinkClient(
			port,
			NETLINK_ROUTE,
			'interfaces',
			observe,
			() => this.#client.join(RTNLGRP_LINK),
			(bytes, start, end, type) => this.#event(bytes, start, end, type),
		);
	}

	start(): void {
		this.#client.start();
	}

	stop(): void {
		this.#client.stop();
	}

	/** Observes every interface once; `done` is called in every case. */
	poll(done: () => void): void {
		this.#client.request({
			name: 'links',
			bytes: this.#request,
			message: (bytes, start, end, type) => {
				if (type === RTM_NEWLINK) this.#link(bytes, start, end);
			},
			done,
		});
	}

	#link(bytes: Uint8Array, start: number, end: number): void {
		const order = this.#port.byteOrder;
		const {index, flags} = decodeLinkHeader(bytes, order, start, end);
		if ((flags & IFF_LOOPBACK) !== 0) return;
		const {name, statistics} = linkTable.decode(bytes, order, start + LINK_HEADER_BYTES, end);
		this.#names.set(index, name);
		this.#observe({
			kind: 'interface',
			interface: name,
			up: (flags & IFF_RUNNING) === 0 ? 0 : 1,
			receiveBytes: statistics?.receiveBytes,
			transmitBytes: statistics?.transmitBytes,
			receivePackets: statistics?.receivePackets,
			transmitPackets: statistics?.transmitPackets,
			receiveErrors: statistics?.receiveErrors,
			transmitErrors: statistics?.transmitErrors,
			receiveDropped: statistics?.receiveDropped,
			transmitDropped: statistics?.transmitDropped,
		});
	}

	/** The kernel tells a link anew at every change; only a name we did not know, or lose, is an event. */
	#event(bytes: Uint8Array, start: number, end: number, type: number): void {
		const order = this.#port.byteOrder;
		if (type !== RTM_NEWLINK && type !== RTM_DELLINK) return;
		const {index} = decodeLinkHeader(bytes, order, start, end);
		const known = this.#names.get(index);
		if (type === RTM_DELLINK) {
			if (!this.#names.delete(index) || known === undefined) return;
			return this.#observe({kind: 'event', event: 'interface-removed', subject: known, detail: ''});
		}
		if (known !== undefined) return;
		const {name} = linkTable.decode(bytes, order, start + LINK_HEADER_BYTES, end);
		this.#names.set(index, name);
		this.#observe({kind: 'event', event: 'interface-added', subject: name, detail: ''});
	}
}
