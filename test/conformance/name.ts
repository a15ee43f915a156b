// SPDX-License-Identifier: Apache-2.0
import {Lookup, localAddresses} from '../../src/runtime/quickjs/resolve.ts';
import type {ConformanceCase} from './case.ts';

const needs = ['servers'] as const;

function lookup(name: string, what: string, expected: string, servers = ['127.0.0.1']): ConformanceCase {
	return {
		name: `name: ${what}`,
		needs,
		waits: true,
		run(stage) {
			const found = (addresses: readonly string[], failure?: {code: string}) => {
				stage.equal(failure?.code ?? addresses.join(' '), expected, name);
				stage.done();
			};
			new Lookup(name, servers, found, stage.servers.namePort).askNext();
		},
	};
}

/** The router's own resolver. */
export const nameCases: readonly ConformanceCase[] = [
	lookup('both.test', 'addresses of both families are found, IPv6 first', '2001:db8:0:0:0:0:0:7 192.0.2.7'),
	lookup('BOTH.test.', 'case and a final dot do not matter', '2001:db8:0:0:0:0:0:7 192.0.2.7'),
	lookup('four.test', 'one family is enough', '127.0.0.1'),
	lookup('alias.test', 'the address behind an alias is found', '127.0.0.1'),
	lookup('none.test', 'a name that is not there is an error', 'name'),
	lookup('cut.test', 'an address that is cut short is none', 'name'),
	lookup('silent.test', 'a server that stays silent is an error after its rounds', 'name'),
	lookup('four.test', 'the second server is asked when the first refuses', '127.0.0.1', ['127.0.0.2', '127.0.0.1']),
	{
		name: 'name: /etc/hosts knows this machine',
		needs: ['kernel'],
		run({ok}) {
			ok(localAddresses('LOCALHOST').includes('127.0.0.1'), 'localhost');
		},
	},
];
