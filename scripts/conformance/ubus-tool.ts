// SPDX-License-Identifier: Apache-2.0
import type {UbusClient} from '../../src/ubus-ts/client.ts';
import {listen, sendEvent} from '../../src/ubus-ts/events.ts';
import {decodeFields} from '../../src/ubus-ts/fields.ts';
import * as m from '../../src/ubus-ts/message.ts';
import {monitor} from '../../src/ubus-ts/monitor.ts';
import {OK, PARSE_ERROR, statusText} from '../../src/ubus-ts/status.ts';
import {waitFor} from '../../src/ubus-ts/wait-for.ts';
import {fieldText, readJsonTable, tableText} from './ubus-json.ts';

// The ubus tool's commands over the library, so that recorded calls of it can be played byte for byte.

export interface ToolOutcome {
	/** Absent: undefined while it runs. */
	exit: number | undefined;
	stdout: string;
	stderr: string;
}

interface ToolArguments {
	readonly verbose: boolean;
	readonly simple: boolean;
	readonly timeoutS: number | undefined;
	/** -m and -M choose what a monitor prints, which is not played. */
	readonly filters: boolean;
	readonly command: string;
	readonly words: readonly string[];
}

const commands = ['list', 'call', 'send', 'listen', 'wait_for', 'monitor'];

/** Absent: undefined for a call that is not played. */
export function readToolArguments(argv: readonly string[]): ToolArguments | undefined {
	let [verbose, simple, filters] = [false, false, false];
	let timeoutS: number | undefined;
	let at = 1;
	for (; argv[at]?.startsWith('-'); at++) {
		const option = argv[at];
		if (option === '-v') verbose = true;
		else if (option === '-S') simple = true;
		else if (option === '-s') at++;
		else if (option === '-t') timeoutS = Number(argv[++at]);
		else if (option === '-m' || option === '-M') {
			at++;
			filters = true;
		} else return undefined;
	}
	const [command, ...words] = argv.slice(at);
	if (argv[0] !== 'ubus' || command === undefined || !commands.includes(command)) return undefined;
	return {verbose, simple, timeoutS, filters, command, words};
}

/** Starts a command on a client; `outcome` fills as it goes. */
export function runTool(client: UbusClient, args: ToolArguments, hasInvoked: () => boolean): ToolOutcome {
	const outcome: ToolOutcome = {exit: undefined, stdout: '', stderr: ''};
	const end = (status: number): void => {
		outcome.exit = status;
		if (status !== OK && !args.simple) outcome.stderr += `Command failed: ${statusText(status)}\n`;
	};
	/** Of `ubus call`, which says more where its errors do not go to a terminal. */
	const endCall = (status: number): void => {
		if (status === OK) return end(status);
		outcome.exit = 256 - status;
		outcome.stderr += `Command failed: ubus call ${args.words.join(' ')} (${statusText(status)})\n`;
	};
	const {command, words, verbose, simple} = args;
	const [first, second, third] = words;
	client.whenConnected(() => {
		if (command === 'list') list(client, outcome, first, verbose && !simple, end);
		else if (command === 'call')
			call(client, [first ?? '', second ?? '', third], args.timeoutS ?? 30, end, endCall, hasInvoked);
		else if (command === 'send') {
			const data = second === undefined ? {} : readJsonTable(second);
			if (data === undefined) end(PARSE_ERROR);
			else sendEvent(client, first ?? '', data, end);
		}
	});
	if (command === 'listen') listen(client, words.length === 0 ? ['*'] : words, () => {});
	else if (command === 'wait_for') waitFor(client, words, () => end(OK));
	else if (command === 'monitor') monitor(client, () => {}, end);
	return outcome;
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
	end: (status: number) => void,
	endCall: (status: number) => void,
	hasInvoked: () => boolean,
): void {
	const args = json === undefined ? {} : readJsonTable(json);
	if (args === undefined) return endCall(PARSE_ERROR);
	client.call(
		path,
		method,
		args,
		status => {
			// The tool says less where it is the look-up that fails.
			if (hasInvoked()) endCall(status);
			else end(status);
		},
		timeoutS * 1000,
	);
}

/** What the tool prints of a message that arrives. */
export function printed({command, simple}: ToolArguments, message: m.Message): string {
	const range = message.range(m.A_DATA);
	if (range === undefined) return '';
	const fields = (): ReturnType<typeof decodeFields> => decodeFields(message.bytes, range[0], range[1]);
	if (command === 'call' && message.type === m.DATA) return `${tableText(fields(), {isIndented: !simple})}\n`;
	if (command === 'listen' && message.type === m.INVOKE)
		return `{ "${message.text(m.A_METHOD) ?? ''}": ${tableText(fields(), {isIndented: false})} }\n`;
	return '';
}
