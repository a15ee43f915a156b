// SPDX-License-Identifier: Apache-2.0
import {INT8, INT32, STRING, TABLE} from '../../src/ubus-ts/blobmsg.ts';
import {lookup} from '../../src/ubus-ts/call.ts';
import type {UbusClient} from '../../src/ubus-ts/client.ts';
import {answerNotice, listen, sendEvent} from '../../src/ubus-ts/events.ts';
import {decodeFields, type Field} from '../../src/ubus-ts/fields.ts';
import * as m from '../../src/ubus-ts/message.ts';
import {type MonitoredMessage, monitor} from '../../src/ubus-ts/monitor.ts';
import {INVALID_ARGUMENT, OK, PARSE_ERROR, statusText, TIMEOUT} from '../../src/ubus-ts/status.ts';
import {waitFor} from '../../src/ubus-ts/wait-for.ts';
import {fieldText, readJsonTable, tableText} from './ubus-json.ts';

// The ubus tool's commands over the library, so that recorded calls of it can be played byte for byte.

export interface ToolOutcome {
	/** Absent: undefined while it runs. */
	exit: number | undefined;
	stdout: string;
	stderr: string;
}

export interface ToolArguments {
	readonly verbose: boolean;
	readonly simple: boolean;
	readonly timeoutS: number | undefined;
	/** -m: the types of message a monitor prints. Empty: all. */
	readonly types: readonly string[];
	/** -M: whether it prints what ubusd sends. Absent: undefined for both directions. */
	readonly isSent: boolean | undefined;
	readonly command: string;
	readonly words: readonly string[];
}

const usage = `Usage: ubus [<options>] <command> [arguments...]
Options:
 -s <socket>:		Set the unix domain socket to connect to
 -t <timeout>:		Set the timeout (in seconds) for a command to complete
 -S:			Use simplified output (for scripts)
 -v:			More verbose output
 -m <type>:		(for monitor): include a specific message type
			(can be used more than once)
 -M <r|t>		(for monitor): only capture received or transmitted traffic

Commands:
 - list [<path>]			List objects
 - call <path> <method> [<message>]	Call an object method
 - subscribe <path> [<path>...]	Subscribe to object(s) notifications
 - listen [<path>...]			Listen for events
 - send <type> [<message>]		Send an event
 - wait_for <object> [<object>...]	Wait for multiple objects to appear on ubus
 - monitor				Monitor ubus traffic

`;

/** How many words each command takes; with others the tool prints its usage. */
const wordCounts: Readonly<Record<string, readonly [number, number]>> = {
	list: [0, 1],
	call: [2, 3],
	send: [1, 2],
	subscribe: [1, 99],
	listen: [0, 99],
	wait_for: [1, 99],
	monitor: [0, 99],
};

/** Absent: undefined for a call that is not played. */
export function readToolArguments(argv: readonly string[]): ToolArguments | undefined {
	let [verbose, simple] = [false, false];
	let isSent: boolean | undefined;
	const types: string[] = [];
	let timeoutS: number | undefined;
	let at = 1;
	for (; argv[at]?.startsWith('-'); at++) {
		const option = argv[at];
		if (option === '-v') verbose = true;
		else if (option === '-S') simple = true;
		else if (option === '-s') at++;
		else if (option === '-t') timeoutS = Number(argv[++at]);
		else if (option === '-m') types.push(argv[++at] ?? '');
		else if (option === '-M') isSent = argv[++at]?.startsWith('t') ?? false;
		else return undefined;
	}
	const [command, ...words] = argv.slice(at);
	const [least, most] = wordCounts[command ?? ''] ?? [1, 0];
	if (argv[0] !== 'ubus' || command === undefined || words.length < least || words.length > most) return undefined;
	return {verbose, simple, timeoutS, types, isSent, command, words};
}

/**
 * Starts a command on a client; `outcome` fills as it goes. Where a look-up finds nothing and does not say so (nobody may
 * know the object), the tool calls whatever number its memory holds: `strayId`.
 */
export function runTool(client: UbusClient, args: ToolArguments, strayId: number): ToolOutcome {
	const outcome: ToolOutcome = {exit: undefined, stdout: '', stderr: ''};
	const {command, words, verbose, simple} = args;
	const end = (status: number): void => endTool(outcome, args, status);
	/** Of `ubus call`, which says more where its errors do not go to a terminal. */
	const endCall = (status: number): void => {
		if (status === OK || simple) return end(status);
		const code = status | 0; // an int, for the tool, that it then turns round
		outcome.exit = -code & 255;
		outcome.stderr += `Command failed: ubus call ${words.join(' ')} (${statusText(code)})\n`;
		const turned = -code | 0;
		if (turned > 0) outcome.stderr += `Command failed: ${statusText(turned)}\n`;
		// The tool takes this one for its own mark of a call that it did not understand.
		if (code === INVALID_ARGUMENT) outcome.stderr += usage;
	};
	const endListening = (status: number, refused = words[0] ?? '*'): void => {
		outcome.exit = 255;
		if (!simple) outcome.stderr += `Error while registering for event '${refused}': ${statusText(status)}\n`;
	};
	const [first = '', second, third] = words;
	client.whenConnected(() => {
		if (command === 'list') list(client, outcome, words[0], verbose && !simple, end);
		else if (command === 'call') call(client, [first, second ?? '', third], args.timeoutS ?? 30, strayId, end, endCall);
		else if (command === 'subscribe') subscribe(client, words, endListening);
		else if (command === 'send') {
			const data = second === undefined ? {} : readJsonTable(second);
			if (data === undefined) end(PARSE_ERROR);
			else sendEvent(client, first, data, end);
		}
	});
	if (command === 'listen')
		listen(
			client,
			words.length === 0 ? ['*'] : words,
			() => {},
			(status, refused) => {
				if (status !== OK) endListening(status, refused);
			},
		);
	else if (command === 'wait_for') waitFor(client, words, () => end(OK), end);
	else if (command === 'monitor')
		monitor(
			client,
			seen => {
				outcome.stdout += monitorLine(args, seen);
			},
			end,
		);
	return outcome;
}

function endTool(outcome: ToolOutcome, {simple}: ToolArguments, status: number): void {
	outcome.exit = status;
	if (status !== OK && !simple) outcome.stderr += `Command failed: ${statusText(status)}\n`;
}

/** The tool's own time is over, or somebody ended it. */
export function endByTime(outcome: ToolOutcome, args: ToolArguments): void {
	if (outcome.exit !== undefined) return;
	if (args.command === 'wait_for') endTool(outcome, args, TIMEOUT);
	else outcome.exit = OK;
}

/** What a program prints of itself in its usage is how it was started. */
export function withoutProgramPath(text: string): string {
	const from = text.indexOf('Usage: ');
	const to = text.indexOf(' [<options>]', from);
	return from < 0 || to < 0 ? text : `${text.slice(0, from)}Usage: ubus${text.slice(to)}`;
}

function list(
	client: UbusClient,
	outcome: ToolOutcome,
	pattern: string | undefined,
	isVerbose: boolean,
	end: (status: number) => void,
): void {
	client.request(
		m.LOOKUP,
		0,
		writer => {
			if (pattern !== undefined) writer.string(m.A_PATH, pattern);
		},
		{
			data: message => {
				const path = message.text(m.A_PATH) ?? '';
				if (!isVerbose) {
					outcome.stdout += `${path}\n`;
					return;
				}
				outcome.stdout += `'${path}' @${(message.u32(m.A_OBJECT) ?? 0).toString(16).padStart(8, '0')}\n`;
				const [from, to] = message.range(m.A_SIGNATURE) ?? [0, 0];
				for (const method of decodeFields(message.bytes, from, to))
					outcome.stdout += `\t${fieldText(method, {isIndented: false, numbersAreTypes: true})}\n`;
			},
			status: end,
		},
	);
}

function call(
	client: UbusClient,
	[path, method, json]: readonly [string, string, string | undefined],
	timeoutS: number,
	strayId: number,
	end: (status: number) => void,
	endCall: (status: number) => void,
): void {
	const args = json === undefined ? {} : readJsonTable(json);
	if (args === undefined) return endCall(PARSE_ERROR);
	lookup(client, path, (status, found) => {
		// The tool says less where it is the look-up that fails; of several it calls the last one.
		if (status !== OK) end(status);
		else client.invoke(found.at(-1)?.id ?? strayId, method, args, endCall, timeoutS * 1000);
	});
}

/** One object of the tool's own that is subscribed to all paths, one after the other. */
function subscribe(client: UbusClient, paths: readonly string[], refuse: (status: number) => void): void {
	const invoke = (message: m.Message): void => answerNotice(client, message, OK);
	client.add(
		() => {},
		{invoke},
		(added, id) => {
			const next = (status: number, at: number): void => {
				const path = paths[at];
				if (status !== OK) return refuse(status);
				if (path === undefined) return;
				lookup(client, path, (looked, found) => {
					const target = found.at(-1)?.id ?? 0;
					if (looked !== OK) return refuse(looked);
					client.request(m.SUBSCRIBE, 0, writer => writer.number(m.A_OBJECT, id).number(m.A_TARGET, target), {
						status: subscribed => next(subscribed, at + 1),
					});
				});
			};
			next(added, 0);
		},
	);
}

/** What the tool prints of a message that arrives. */
export function printed({command, simple}: ToolArguments, message: m.Message): string {
	const range = message.range(m.A_DATA);
	if (range === undefined) return '';
	const fields = (): ReturnType<typeof decodeFields> => decodeFields(message.bytes, range[0], range[1]);
	if (command === 'call' && message.type === m.DATA) return `${tableText(fields(), {isIndented: !simple})}\n`;
	if ((command === 'listen' || command === 'subscribe') && message.type === m.INVOKE)
		return `{ "${message.text(m.A_METHOD) ?? ''}": ${tableText(fields(), {isIndented: false})} }\n`;
	return '';
}

const messageTypes = [
	'hello',
	'status',
	'data',
	'ping',
	'lookup',
	'invoke',
	'add_object',
	'remove_object',
	'subscribe',
	'unsubscribe',
	'notify',
];

/** Attributes that a monitor prints, in the order of their numbers. */
const monitored: readonly (readonly [id: number, name: string, kind: 'number' | 'text' | 'table' | 'flag'])[] = [
	[m.A_STATUS, 'status', 'number'],
	[m.A_PATH, 'objpath', 'text'],
	[m.A_OBJECT, 'objid', 'number'],
	[m.A_METHOD, 'method', 'text'],
	[m.A_TYPE, 'objtype', 'number'],
	[m.A_SIGNATURE, 'signature', 'table'],
	[m.A_DATA, 'data', 'table'],
	[m.A_ACTIVE, 'active', 'flag'],
	[m.A_NO_REPLY, 'no_reply', 'flag'],
	[m.A_USER, 'user', 'text'],
	[m.A_GROUP, 'group', 'text'],
];

function monitorLine({types, isSent}: ToolArguments, seen: MonitoredMessage): string {
	const {message, client} = seen;
	const type = messageTypes[message.type] ?? `${message.type}`;
	if ((types.length > 0 && !types.includes(type)) || (isSent !== undefined && isSent !== seen.isSent)) return '';
	const hex = (value: number): string => value.toString(16).padStart(8, '0');
	const fields: Field[] = [];
	for (const [id, name, kind] of monitored) {
		if (kind === 'number') push(fields, name, INT32, message.u32(id), value => (value as number) | 0);
		else if (kind === 'text') push(fields, name, STRING, message.text(id));
		else if (kind === 'flag') push(fields, name, INT8, message.u8(id));
		else {
			const range = message.range(id);
			if (range !== undefined) fields.push({name, type: TABLE, value: decodeFields(message.bytes, range[0], range[1])});
		}
	}
	const arrow = seen.isSent ? '->' : '<-';
	return `${arrow} ${hex(client)} #${hex(message.peer)} ${type.padStart(14)}: ${tableText(fields, {isIndented: false})}\n`;
}

function push(
	fields: Field[],
	name: string,
	type: number,
	value: number | string | undefined,
	convert = (raw: number | string): number | string => raw,
): void {
	if (value !== undefined) fields.push({name, type, value: convert(value)});
}
