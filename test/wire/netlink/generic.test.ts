// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {toHex} from '../../../src/core/bytes.ts';
import {attributes, u32} from '../../../src/wire/netlink/attributes.ts';
import {
	decodeFamily,
	decodeGeneric,
	encodeFamilyRequest,
	encodeGenericMessage,
	encodeGenericRequest,
	type Family,
	family,
	genericCommand,
	groupId,
} from '../../../src/wire/netlink/generic.ts';
import {layout, orders} from '../../helper/layout.ts';
import {checkRefused, checkVector} from '../../helper/vector.ts';

const nl80211: Family = {
	id: 31,
	name: 'nl80211',
	version: 1,
	headerBytes: 0,
	maxAttribute: 325,
	groups: [
		{name: 'config', id: 5},
		{name: 'scan', id: 6},
	],
};
const form = `2:6 2:1 2:31 0:2 2:12 2:2 t:nl80211 0:1 2:8 2:3 4:1 2:8 2:4 4:0 2:8 2:5 4:325
	2:52 2:7 2:24 2:1 2:11 2:1 t:config 0:2 2:8 2:2 4:5 2:24 2:2 2:9 2:1 t:scan 0:4 2:8 2:2 4:6`;

test('family: reads and rebuilds one with its multicast groups', t => {
	checkVector(t, family, form, nl80211);
});

test('family: a group is found by its name', t => {
	t.is(groupId(nl80211, 'scan'), 6);
	t.is(groupId(nl80211, 'mlme'), undefined);
	t.is(groupId({id: 16, name: 'nlctrl'}, 'notify'), undefined);
});

test('family: the request asks by name', t => {
	for (const order of orders)
		t.is(
			toHex(encodeFamilyRequest(order, 'nl80211')),
			toHex(layout('4:32 2:16 2:5 4:0 4:0 x:03010000 2:12 2:2 t:nl80211 0:1', order)),
		);
});

test('family: the answer is read behind the generic header', t => {
	for (const order of orders) {
		const body = layout(`x:01020000 ${form}`, order);
		t.is(genericCommand(body, 0, body.length), 1);
		t.deepEqual(decodeFamily(body, order, 0, body.length), nl80211);
	}
});

test('family: refuses one without an id', t => {
	checkRefused(t, (bytes, order) => family.decode(bytes, order), '2:12 2:2 t:nl80211 0:1', {
		code: 'missing',
		path: 'netlink.family.id',
	});
});

test('generic: refuses a cut header', t => {
	const table = attributes('test.table', {word: u32(3)});
	const path = {code: 'truncated', path: 'netlink.generic'};
	checkRefused(t, bytes => genericCommand(bytes, 0, bytes.length), 'x:010200', path);
	checkRefused(t, (bytes, order) => decodeGeneric(table, bytes, order, 0, bytes.length), 'x:010200', {
		code: 'truncated',
		path: 'test.table',
	});
});

test('generic: requests and answers carry command and version', t => {
	const table = attributes('test.table', {word: u32(3)});
	for (const order of orders) {
		const request = encodeGenericRequest(order, {family: 31, command: 5, mode: 'dump'}, table, {word: 2});
		t.is(toHex(request), toHex(layout('4:28 2:31 2:0x301 4:0 4:0 x:05000000 2:8 2:3 4:2', order)));
		const header = {family: 31, command: 7, version: 1, flags: 2, sequence: 3, port: 4};
		const answer = encodeGenericMessage(order, header, table, {});
		t.is(toHex(answer), toHex(layout('4:20 2:31 2:2 4:3 4:4 x:07010000', order)));
	}
});
