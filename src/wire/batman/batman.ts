// SPDX-License-Identifier: Apache-2.0
import {attributes, type Decoded, flag, mac, text, u8, u32} from '../netlink/attributes.ts';

// batman-adv by generic netlink, as much of it as says who our neighbours are and where our packets go.
// Source: Linux include/uapi/linux/batman_adv.h; dumps: net/batman-adv/{bat_iv_ogm,bat_v,gateway_client,netlink}.c.

export const BATMAN_FAMILY = 'batadv';

export const GET_MESH = 1;
export const GET_HARDIF = 5;
export const GET_ORIGINATORS = 8;
export const GET_NEIGHBOURS = 9;
export const GET_GATEWAYS = 10;

/**
 * A mesh interface (bat0) as it is set up.
 *
 * Absent: `algorithm` and what follows on kernels before 4.19, which know no GET_MESH dump of them.
 */
export const meshInfo = /* @__PURE__ */ attributes('batman.mesh', {
	version: text(1),
	algorithm: text(2), // 'BATMAN_IV' | 'BATMAN_V'
	meshIndex: u32(3).required,
	meshName: text(4).required,
	meshAddress: mac(5),
	hardAddress: mac(8),
	/** 0 off, 1 client, 2 server: enum batadv_gw_modes. */
	gatewayMode: u8(51),
});

export type MeshInfo = Decoded<typeof meshInfo>;

/** An interface that a mesh runs over. */
export const hardInterface = /* @__PURE__ */ attributes('batman.hardInterface', {
	meshIndex: u32(3),
	hardIndex: u32(6).required,
	hardName: text(7).required,
	hardAddress: mac(8),
	active: flag(15),
});

export type HardInterface = Decoded<typeof hardInterface>;

/**
 * A route to an originator by one neighbour; `best` marks the one in use. There is one a neighbour that knows a way.
 *
 * Units: `quality` is the TQ, 0 to 255 (BATMAN_IV); `throughputKbps` in kbit/s (BATMAN_V).
 */
export const originator = /* @__PURE__ */ attributes('batman.originator', {
	hardIndex: u32(6),
	originator: mac(9).required,
	best: flag(22),
	lastSeenMs: u32(23),
	neighbour: mac(24),
	quality: u8(25),
	throughputKbps: u32(26),
});

export type Originator = Decoded<typeof originator>;

/** A neighbour that we hear directly. Absent: `throughputKbps` under BATMAN_IV. */
export const batmanNeighbour = /* @__PURE__ */ attributes('batman.neighbour', {
	hardIndex: u32(6),
	hardName: text(7),
	neighbour: mac(24).required,
	lastSeenMs: u32(23),
	throughputKbps: u32(26),
});

export type BatmanNeighbour = Decoded<typeof batmanNeighbour>;

/** A router that offers a way out; `best` is the one we have chosen. Units: bandwidths in 100 kbit/s. */
export const gateway = /* @__PURE__ */ attributes('batman.gateway', {
	hardIndex: u32(6),
	hardName: text(7),
	originator: mac(9).required,
	best: flag(22),
	router: mac(29),
	quality: u8(25),
	throughputKbps: u32(26),
	bandwidthUp100Kbps: u32(27),
	bandwidthDown100Kbps: u32(28),
});

export type BatmanGateway = Decoded<typeof gateway>;

/** What a dump is asked of. Absent: of every mesh, where the kernel allows it (GET_HARDIF). */
export const meshRequest = /* @__PURE__ */ attributes('batman.request', {meshIndex: u32(3)});
