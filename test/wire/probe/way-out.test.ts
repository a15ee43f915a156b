// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {decodeWayOut4, decodeWayOut6, linkLocalOf} from '../../../src/wire/probe/way-out.ts';

// As Linux 6.12 prints them, on machines of either byte order.
const head = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT';
const little = `${head}
wan\t00000000\t0102A8C0\t0003\t0\t0\t10\t00000000\t0\t0\t0
lte\t00000000\t010AA8C0\t0003\t0\t0\t20\t00000000\t0\t0\t0
wan\t0002A8C0\t00000000\t0001\t0\t0\t10\t00FFFFFF\t0\t0\t0
`;
const big = `${head}
wan\t00000000\tC0A80201\t0003\t0\t0\t10\t00000000\t0\t0\t0
`;
const six = `00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe80000000000000020000fffe000001 00000400 00000001 00000000 00000003     wan
00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo
fe800000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000002 00000000 00000001     wan
`;

test('way out: is the default route of the least metric', t => {
	t.deepEqual(decodeWayOut4(little, 'little'), {address: '192.168.2.1', interface: 'wan'});
	t.deepEqual(decodeWayOut4(little.replace('\t10\t00000000', '\t30\t00000000'), 'little'), {
		address: '192.168.10.1',
		interface: 'lte',
	});
});

test('way out: is the same on a big-endian machine, which prints it the other way round', t => {
	t.deepEqual(decodeWayOut4(big, 'big'), {address: '192.168.2.1', interface: 'wan'});
});

test('way out: IPv6 has no way where everything is unreachable', t => {
	t.deepEqual(decodeWayOut6(six), {address: 'fe80::200:ff:fe00:1', interface: 'wan'});
	t.is(decodeWayOut6(six.split('\n').slice(1).join('\n')), undefined);
});

test('way out: a table without a default route, or of nothing, has none', t => {
	for (const text of ['', head, 'x', `${head}\nwan\t0002A8C0`]) t.is(decodeWayOut4(text, 'little'), undefined, text);
	t.is(decodeWayOut6(''), undefined);
});

// RFC 4291, appendix A: 34-56-78-9A-BC-DE has the interface identifier 3656:78FF:FE9A:BCDE.
test('link local: follows from the MAC as RFC 4291 has it', t => {
	t.is(linkLocalOf('34:56:78:9a:bc:de'), 'fe80::3656:78ff:fe9a:bcde');
	for (const text of ['', '34:56:78:9a:bc', '34:56:78:9a:bc:zz', '345:6:78:9a:bc:de'])
		t.is(linkLocalOf(text), undefined);
});
