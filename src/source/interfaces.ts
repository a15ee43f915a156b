// SPDX-License-Identifier: Apache-2.0
import {decodeUtf8} from '../core/text.ts';
import type {Board, Section} from '../model/board.ts';
import type {Observe} from '../model/observation.ts';
import {attributes} from '../wire/netlink/attributes.ts';
import {cell, layout} from '../wire/netlink/layout.ts';
import {NETLINK_ROUTE} from '../wire/netlink/message.ts';
import {bytesOfText, RowReader} from '../wire/netlink/row-reader.ts';
import {
	decodeLinkHeader,
	encodeLinkRequest,
	IFF_LOOPBACK,
	IFF_RUNNING,
	LINK_HEADER_BYTES,
	linkFields,
	linkFlagsCell,
	linkIndexCell,
	statisticCell,
} from '../wire/rtnetlink/link.ts';
import {RTM_DELLINK, RTM_NEWLINK, RTNLGRP_LINK} from '../wire/rtnetlink/message-type.ts';
import {NetlinkClient, type NetlinkPort} from './netlink-client.ts';

const linkName = /* @__PURE__ */ attributes('rtnetlink.link', {name: linkFields.name.required});

/** An interface: its number and its name are the key. */
export const linkLayout = /* @__PURE__ */ layout('rtnetlink.link', LINK_HEADER_BYTES, {
	index: linkIndexCell,
	name: cell([], linkFields.name),
	flags: linkFlagsCell,
	receiveBytes: statisticCell('receiveBytes'),
	transmitBytes: statisticCell('transmitBytes'),
	receivePackets: statisticCell('receivePackets'),
	transmitPackets: statisticCell('transmitPackets'),
	receiveErrors: statisticCell('receiveErrors'),
	transmitErrors: statisticCell('transmitErrors'),
	receiveDropped: statisticCell('receiveDropped'),
	transmitDropped: statisticCell('transmitDropped'),
});
const KEYS = 4;
const INDEX = 0;
const NAME = 1;
const FLAGS = 4;
const UP = 13;

/** Traffic of every interface but the loopback, and interfaces that come and go as the kernel tells it. */
export class Interfaces {
	readonly #port: NetlinkPort;
	readonly #board: Board;
	readonly #observe: Observe;
	readonly #client: NetlinkClient;
	readonly #names = new Map<number, string>();
	readonly #section: Section;
	readonly #dump: () => void;
	#done = (): void => {};

	constructor(port: NetlinkPort, board: Board, observe: Observe) {
		this.#port = port;
		this.#board = board;
		this.#observe = observe;
		this.#section = board.add({
			subject: 'interface',
			columns: [...linkLayout.columns.map((name, i) => (i <= FLAGS ? '' : name)), 'up'],
			keys: KEYS,
		});
		this.#client = new NetlinkClient(
			port,
			NETLINK_ROUTE,
			'interfaces',
			observe,
			() => this.#client.join(RTNLGRP_LINK),
			(bytes, start, end, type) => this.#event(bytes, start, end, type),
		);
		const {rows} = this.#section;
		this.#dump = this.#client.prepare({
			name: 'links',
			bytes: encodeLinkRequest(port.byteOrder),
			begin: () => rows.begin(board.interval),
			answer: new RowReader(linkLayout, rows, port.byteOrder),
			done: () => this.#measured(),
		});
	}

	start(): void {
		this.#client.start();
	}

	stop(): void {
		this.#client.stop();
	}

	/** Observes every interface once; `done` is called in every case. */
	poll(done: () => void): void {
		this.#done = done;
		this.#dump();
	}

	#measured(): void {
		const {rows, labels} = this.#section;
		const {values, count, stride} = rows;
		for (let row = labels.length; row < count; row++) this.#label(values, rows.at(row) + 1);
		let at = rows.at(0) + 1;
		for (let row = 0; row < count; row++) {
			values[at + UP] = ((values[at + FLAGS] as number) & IFF_RUNNING) === 0 ? 0 : 1;
			at += stride;
		}
		this.#done();
	}

	#label(values: Float64Array, at: number): void {
		const name = decodeUtf8(bytesOfText(values, at + NAME));
		this.#names.set(values[at + INDEX] as number, name);
		this.#board.label(this.#section, ((values[at + FLAGS] as number) & IFF_LOOPBACK) === 0 ? [name] : undefined);
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
		const {name} = linkName.decode(bytes, order, start + LINK_HEADER_BYTES, end);
		this.#names.set(index, name);
		this.#observe({kind: 'event', event: 'interface-added', subject: name, detail: ''});
	}
}
