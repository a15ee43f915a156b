// SPDX-License-Identifier: Apache-2.0
import {UbusClient} from '../../src/ubus-ts/client.ts';
import * as m from '../../src/ubus-ts/message.ts';
import {messageBytes} from '../../src/ubus-ts/message.ts';
import {fromHex, toHex} from './bytes.ts';
import {type Outcome, shorten} from './outcome.ts';
import {checkFrame, type RecordedFrame} from './ubus-frame.ts';
import {definitionOf, isPlayed, playObject} from './ubus-object.ts';
import {UbusStage} from './ubus-stage.ts';
import {endByTime, printed, readToolArguments, runTool, type ToolOutcome, withoutProgramPath} from './ubus-tool.ts';

// A recorded case of ubus: every frame is decoded and encoded again; the connections of the ubus tool and of the recorded
// object are played by our client, which must write the same bytes.

interface RecordedMessage {
	readonly n: number;
	readonly t_ms?: number;
	readonly conn: string;
	readonly dir: string;
	readonly hex?: string;
	readonly decoded?: RecordedFrame;
	readonly roundtrip?: boolean;
	readonly event?: string;
	readonly leftover?: string;
}

interface RecordedCommand {
	readonly cmd: readonly string[];
	readonly conn: string;
	readonly stdout?: string;
	readonly stderr?: string;
	readonly exit?: number | null;
	/** Whether it ran beside the others until it was ended. */
	readonly background?: boolean;
}

interface UbusCase {
	readonly name: string;
	readonly commands?: readonly RecordedCommand[];
	readonly messages: readonly RecordedMessage[];
}

/** How long a connection is watched after its last message, for calls that time out. */
const AFTERWARDS_MS = 120_000;

export function playUbusCase(text: string): Outcome {
	const {name, commands = [], messages = []} = JSON.parse(text) as UbusCase;
	let failure: string | undefined;
	let frames = 0;
	for (const {n, hex, decoded, roundtrip, leftover} of messages) {
		if (leftover !== undefined && leftover !== '' && isWhole(leftover))
			failure ??= `what is left at ${n} is a whole frame`;
		if (hex === undefined) continue;
		frames++;
		const problem = checkFrame(hex, decoded, roundtrip !== false);
		if (problem !== undefined) failure ??= `frame ${n} ${problem}`;
	}
	const roles: string[] = [];
	for (const command of commands) {
		const own = messages.filter(({conn}) => conn === command.conn);
		const isAlone = commands.filter(({conn}) => conn === command.conn).length === 1;
		if (!isAlone || !beginsWithHello(own)) continue;
		const problem = playRole(command, own, roles);
		if (problem !== undefined) failure ??= `${command.conn}: ${problem}`;
	}
	const played = `${frames} frames${roles.length === 0 ? '' : `, ${roles.length} connections`}`;
	return {name, played, failure};
}

function isWhole(hex: string): boolean {
	const bytes = fromHex(hex);
	return bytes.length >= m.HEADER_BYTES && (messageBytes(bytes, 0) ?? Number.POSITIVE_INFINITY) <= bytes.length;
}

function beginsWithHello(messages: readonly RecordedMessage[]): boolean {
	const first = messages.find(({hex}) => hex !== undefined);
	return first?.dir === 'ubusd>client' && first.hex !== undefined && new m.Message(fromHex(first.hex)).type === m.HELLO;
}

/** Plays a connection if we know what its program does. */
function playRole(command: RecordedCommand, messages: readonly RecordedMessage[], roles: string[]): string | undefined {
	const args = readToolArguments(command.cmd);
	const stage = new UbusStage();
	const client = new UbusClient(stage);
	const sent = messages.filter(({dir, hex}) => dir === 'client>ubusd' && hex !== undefined);
	if (args === undefined) {
		const [first] = sent;
		const definition = first?.hex === undefined ? undefined : definitionOf(new m.Message(fromHex(first.hex)));
		if (command.cmd[0] !== 'wireobj' || first === undefined || definition === undefined) return undefined;
		roles.push(command.conn);
		playObject(client, definition, stage);
		const calls = new Set<string>();
		pass(client, stage, messages, message => {
			if (message.type === m.INVOKE && isPlayed(definition, message)) calls.add(callOf(message));
		});
		const expected = sent.filter(message => message === first || isAnswer(message, calls)).map(({hex = ''}) => hex);
		const written = stage.written.filter((bytes, index) => index === 0 || calls.has(callOf(new m.Message(bytes))));
		return compare(written.map(toHex), expected);
	}
	roles.push(command.conn);
	const invoked = sent.map(({hex = ''}) => new m.Message(fromHex(hex))).find(({type}) => type === m.INVOKE);
	const outcome = runTool(client, args, invoked?.peer ?? 0);
	let stdout = '';
	pass(client, stage, messages, message => {
		stdout += printed(args, message);
	});
	outcome.stdout += stdout;
	endByTime(outcome, args);
	// A tool that ends leaves; what ours sends when it stops listening is not part of it.
	const written = stage.written.map(toHex).slice(0, args.command === 'wait_for' ? sent.length : undefined);
	// The real tool's own request to monitor carries bytes that it did not mean to send; all that follows is what it is told.
	if (args.command === 'monitor') return compareOutcome(outcome, command);
	return (
		compare(
			written,
			sent.map(({hex = ''}) => hex),
		) ?? compareOutcome(outcome, command)
	);
}

/** Gives the client what it was sent, in recorded time. */
function pass(
	client: UbusClient,
	stage: UbusStage,
	messages: readonly RecordedMessage[],
	see: (message: m.Message) => void,
): void {
	const [{t_ms: startMs = 0} = {t_ms: 0}] = messages;
	client.start();
	let timeMs = 0;
	for (const {t_ms = startMs + timeMs, dir, hex, event} of messages) {
		timeMs = Math.max(timeMs, t_ms - startMs);
		stage.advanceTo(timeMs);
		if (dir !== 'ubusd>client' || event !== undefined || hex === undefined) continue;
		const bytes = fromHex(hex);
		see(new m.Message(bytes));
		stage.handlers?.data(bytes);
	}
	stage.advanceTo(timeMs + AFTERWARDS_MS);
}

function callOf({seq, peer}: m.Message): string {
	return `${seq} ${peer}`;
}

function isAnswer({hex = ''}: RecordedMessage, calls: ReadonlySet<string>): boolean {
	const message = new m.Message(fromHex(hex));
	return (message.type === m.STATUS || message.type === m.DATA) && calls.has(callOf(message));
}

function compare(written: readonly string[], recorded: readonly string[]): string | undefined {
	for (let i = 0; i < Math.max(written.length, recorded.length); i++)
		if (written[i] !== recorded[i]) return `message ${i + 1} is ${written[i]} instead of ${recorded[i]}`;
	return undefined;
}

function compareOutcome({stdout, stderr, exit}: ToolOutcome, recorded: RecordedCommand): string | undefined {
	if (recorded.stdout !== undefined && stdout !== recorded.stdout)
		return `printed ${shorten(stdout)} instead of ${shorten(recorded.stdout)}`;
	// One that was ended from outside ended by a signal.
	const wasEnded = exit === 0 && recorded.background === true;
	if (typeof recorded.exit === 'number' && exit !== recorded.exit && !wasEnded)
		return `exit ${exit} instead of ${recorded.exit}`;
	if (recorded.stderr === undefined || stderr === withoutProgramPath(recorded.stderr)) return undefined;
	return `said ${shorten(stderr)} instead of ${shorten(recorded.stderr)}`;
}
