// SPDX-License-Identifier: Apache-2.0
import {readFile} from 'node:fs/promises';
import {parseArgs} from 'node:util';
import {hashPassword} from './ingest/authorisation.ts';
import {type CollectorLimits, type CollectorOptions, defaultLimits} from './options.ts';

export const usage = `Usage: mesh-noc [options]
  --data DIR             where everything is kept (default: mesh-noc-data)
  --http HOST:PORT       the page and the API (default: 127.0.0.1:8080)
  --mqtt HOST:PORT       MQTT listener (default: 127.0.0.1:1883; "off": none)
  --mqtts HOST:PORT      MQTT listener with TLS; needs --certificate and --key
  --certificate FILE     its certificate chain, PEM
  --key FILE             its key, PEM
  --client-ca FILE       nodes must show a certificate of this authority; its subject is the node's name
  --echo HOST:PORT       sends UDP probes back that routers have as udp://ADDRESS:PORT in latencyTargets
  --credentials FILE     one line a node, name:password; without it whoever reaches the listener may write
  --broker URL           be a client of this broker (mqtt://…, mqtts://…) instead of listening
  --broker-user NAME     and its password in the variable MESH_NOC_BROKER_PASSWORD
  --broker-ca FILE       the authority of the broker's certificate
  --limit NAME=NUMBER    one of ${Object.keys(defaultLimits).join(', ')}
  --hash-password        reads a password from standard input and prints a line's second half for --credentials
  --help`;

export type NocArguments = {kind: 'run'; options: CollectorOptions} | {kind: 'text'; text: string};

/** Errors: TypeError for words that are not options; Error that names a file that cannot be read. */
export async function parseNocArguments(words: readonly string[]): Promise<NocArguments> {
	const text = {type: 'string'} as const;
	const {values} = parseArgs({
		args: [...words],
		options: {
			data: {...text, default: 'mesh-noc-data'},
			http: {...text, default: '127.0.0.1:8080'},
			mqtt: text,
			mqtts: text,
			certificate: text,
			key: text,
			'client-ca': text,
			echo: text,
			credentials: text,
			broker: text,
			'broker-user': text,
			'broker-ca': text,
			limit: {...text, multiple: true, default: []},
			'hash-password': {type: 'boolean'},
			help: {type: 'boolean'},
		},
	});
	if (values.help === true) return {kind: 'text', text: usage};
	if (values['hash-password'] === true)
		return {kind: 'text', text: await hashPassword((await readFile('/dev/stdin', 'utf8')).replace(/\r?\n$/, ''))};
	const mqtt = values.mqtt ?? (values.broker === undefined ? '127.0.0.1:1883' : 'off');
	const options: CollectorOptions = {
		dataFolder: values.data,
		http: parseAddress('--http', values.http),
		limits: parseLimits(values.limit),
		log: line => console.log(`mesh-noc: ${line}`),
		...(mqtt === 'off' ? {} : {mqtt: parseAddress('--mqtt', mqtt)}),
		...(values.mqtts === undefined
			? {}
			: {
					mqtts: {
						...parseAddress('--mqtts', values.mqtts),
						tls: {
							certificate: await needed('--certificate', values.certificate),
							key: await needed('--key', values.key),
							...(values['client-ca'] === undefined
								? {}
								: {clientAuthority: await needed('--client-ca', values['client-ca'])}),
						},
					},
				}),
		...(values.echo === undefined ? {} : {echo: parseAddress('--echo', values.echo)}),
		...(values.credentials === undefined ? {} : {credentials: await needed('--credentials', values.credentials)}),
		...(values.broker === undefined
			? {}
			: {
					broker: {
						url: values.broker,
						...(values['broker-user'] === undefined
							? {}
							: {username: values['broker-user'], password: process.env.MESH_NOC_BROKER_PASSWORD ?? ''}),
						...(values['broker-ca'] === undefined ? {} : {ca: await needed('--broker-ca', values['broker-ca'])}),
					},
				}),
	};
	return {kind: 'run', options};
}

/** `host:port`, `[v6]:port` or `:port` for every address. */
function parseAddress(option: string, text: string): {host: string; port: number} {
	const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:]*)):(\d{1,5})$/.exec(text);
	const port = Number(match?.[3]);
	if (match === null || port > 65_535) throw new TypeError(`${option}: "${text}" is not HOST:PORT`);
	return {host: match[1] ?? (match[2] === '' ? '::' : (match[2] ?? '::')), port};
}

function parseLimits(words: readonly string[]): Partial<CollectorLimits> {
	const limits: Record<string, number> = {};
	for (const word of words) {
		const [name = '', value = ''] = word.split('=');
		if (!Object.hasOwn(defaultLimits, name) || !/^\d+$/.test(value) || Number(value) === 0)
			throw new TypeError(`--limit: "${word}" is not one of the limits with a number above 0`);
		limits[name] = Number(value);
	}
	return limits as Partial<CollectorLimits>;
}

async function needed(option: string, path: string | undefined): Promise<string> {
	if (path === undefined) throw new TypeError(`${option} is missing`);
	try {
		return await readFile(path, 'utf8');
	} catch (error) {
		throw new Error(`${option}: ${path} cannot be read`, {cause: error});
	}
}
