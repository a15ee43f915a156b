// SPDX-License-Identifier: Apache-2.0
import {data, layout, only, rest, text, u8, u16} from './layout.ts';

// The packets a client sends and receives. Flags nibbles that the standard fixes are in `fixedFlags`.

const hasWill = (flags: number): boolean => (flags & 0x04) !== 0;
const hasPassword = (flags: number): boolean => (flags & 0x40) !== 0;
const hasUsername = (flags: number): boolean => (flags & 0x80) !== 0;

/** 3.1 */
export const connect = /* @__PURE__ */ layout(
	'connect',
	1,
	{
		protocol: text,
		level: u8,
		connectFlags: u8,
		keepAliveS: u16,
		clientId: text,
		willTopic: /* @__PURE__ */ only(text, hasWill),
		willPayload: /* @__PURE__ */ only(data, hasWill),
		username: /* @__PURE__ */ only(text, hasUsername),
		password: /* @__PURE__ */ only(data, hasPassword),
	},
	'connectFlags',
);

/** Bits of `connectFlags`, 3.1.2.3 */
export const CONNECT_CLEAN_SESSION = 0x02;
export const CONNECT_WILL = 0x04;
export const CONNECT_WILL_QOS1 = 0x08;
export const CONNECT_WILL_RETAIN = 0x20;
export const CONNECT_PASSWORD = 0x40;
export const CONNECT_USERNAME = 0x80;

/** 3.2; `acknowledgeFlags` bit 0: the server kept our session */
export const connack = /* @__PURE__ */ layout('connack', 2, {acknowledgeFlags: u8, code: u8});

/** 3.3; flags: 8 duplicate, 2 and 4 quality of service, 1 retain */
export const publish = /* @__PURE__ */ layout('publish', 3, {
	topic: text,
	packetId: /* @__PURE__ */ only(u16, (flags: number) => (flags & 6) !== 0),
	payload: rest,
});
export const PUBLISH_RETAIN = 1;
export const PUBLISH_QOS1 = 2;
export const PUBLISH_DUPLICATE = 8;

/** 3.4 */
export const puback = /* @__PURE__ */ layout('puback', 4, {packetId: u16});
/** 3.8, with the one topic filter an agent asks for */
export const subscribe = /* @__PURE__ */ layout('subscribe', 8, {packetId: u16, filter: text, qos: u8});
/** 3.9; 0x80 is a refusal */
export const suback = /* @__PURE__ */ layout('suback', 9, {packetId: u16, codes: rest});
/** 3.12 */
export const pingreq = /* @__PURE__ */ layout('pingreq', 12, {});
/** 3.13 */
export const pingresp = /* @__PURE__ */ layout('pingresp', 13, {});
/** 3.14 */
export const disconnect = /* @__PURE__ */ layout('disconnect', 14, {});

/** Why a server refused the connection, 3.2.2.3 */
export const connackReasons: readonly string[] = [
	'accepted',
	'protocol version refused',
	'client identifier refused',
	'server unavailable',
	'bad user name or password',
	'not authorised',
];
