// SPDX-License-Identifier: Apache-2.0
import {execFile} from 'node:child_process';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {promisify} from 'node:util';
import test from 'ava';
import mqtt from 'mqtt';
import {ensurePackages} from '../../scripts/debian.ts';
import {topicFor} from '../../src/wire/report/topic.ts';
import {nodesOf, temporaryFolder, testCollector} from '../helper/collector.ts';
import {SyntheticNode} from '../helper/synthetic-node.ts';

const run = promisify(execFile);

/** An authority, the collector's certificate and a node's, made with openssl. */
async function certificates(
	folder: string,
): Promise<Record<'ca' | 'server' | 'serverKey' | 'node' | 'nodeKey', string>> {
	await ensurePackages(['openssl']);
	const at = (name: string) => join(folder, name);
	const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
	const signed = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-days', '2'];
	await run('openssl', [
		'req',
		'-x509',
		...key,
		'-keyout',
		at('ca.key'),
		'-out',
		at('ca.pem'),
		'-subj',
		'/CN=test authority',
		'-days',
		'2',
	]);
	for (const [name, subject, extra] of [
		['server', '/CN=localhost', ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']],
		['node', '/CN=r1', []],
	] as const)
		await run('openssl', [
			'req',
			'-x509',
			...key,
			...signed,
			'-keyout',
			at(`${name}.key`),
			'-out',
			at(`${name}.pem`),
			'-subj',
			subject,
			...extra,
		]);
	const read = (name: string) => readFile(at(name), 'utf8');
	return {
		ca: await read('ca.pem'),
		server: await read('server.pem'),
		serverKey: await read('server.key'),
		node: await read('node.pem'),
		nodeKey: await read('node.key'),
	};
}

const hello = (node: string) => Buffer.from(new SyntheticNode({node, seed: 1, startMs: 0}).hello);

test('listener: takes reports over TLS', async t => {
	const {ca, server, serverKey} = await certificates(await temporaryFolder(t));
	const {mqttsPort, httpUrl} = await testCollector(t, {
		mqtts: {host: '127.0.0.1', port: 0, tls: {certificate: server, key: serverKey}},
		credentials: 'r1:secret',
	});
	const url = `mqtts://localhost:${mqttsPort}`;
	await t.throwsAsync(
		mqtt.connectAsync(url, {username: 'r1', password: 'secret', reconnectPeriod: 0}),
		undefined,
		'unknown authority',
	);
	const client = await mqtt.connectAsync(url, {ca, username: 'r1', password: 'secret', protocolVersion: 5});
	t.teardown(() => client.end(true));
	await client.publishAsync(topicFor('r1', 'hello'), hello('r1'), {qos: 1, retain: true});
	t.like(await nodesOf(httpUrl), [{node: 'r1', connections: 1}]);
});

test('listener: takes a certificate of its authority for the node’s name', async t => {
	const {ca, server, serverKey, node, nodeKey} = await certificates(await temporaryFolder(t));
	const {mqttsPort, httpUrl} = await testCollector(t, {
		mqtts: {host: '127.0.0.1', port: 0, tls: {certificate: server, key: serverKey, clientAuthority: ca}},
	});
	const url = `mqtts://localhost:${mqttsPort}`;
	await t.throwsAsync(mqtt.connectAsync(url, {ca, reconnectPeriod: 0, connectTimeout: 3000}));
	const client = await mqtt.connectAsync(url, {ca, cert: node, key: nodeKey, protocolVersion: 5});
	t.teardown(() => client.end(true));
	await client.publishAsync(topicFor('r1', 'hello'), hello('r1'), {qos: 1});
	await t.throwsAsync(client.publishAsync(topicFor('r2', 'hello'), hello('r2'), {qos: 1}), {message: /Not authorized/});
	t.deepEqual(
		(await nodesOf(httpUrl)).map(one => one.node),
		['r1'],
	);
});
