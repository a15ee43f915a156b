// SPDX-License-Identifier: Apache-2.0
import {randomBytes} from 'node:crypto';
import {mkdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {topicFor} from '../wire/report/topic.ts';
import {startHttp} from './api/http.ts';
import {Live} from './api/live.ts';
import {type NocClock, systemClock} from './clock.ts';
import {startEcho} from './echo.ts';
import {Credentials} from './ingest/authorisation.ts';
import {ExternalClient} from './ingest/external.ts';
import {Intake} from './ingest/intake.ts';
import {Listener} from './ingest/listener.ts';
import {Sessions} from './ingest/session.ts';
import {type CollectorOptions, defaultLimits, defaultRetention} from './options.ts';
import {CollectorStatus} from './status.ts';
import {lockFolder} from './store/lock.ts';
import {MessageLog} from './store/message-log.ts';
import {DATABASE, Store} from './store/store.ts';
import {buildWeb} from './web/build.ts';

export interface Collector {
	readonly httpUrl: string;
	/** Port of the embedded listener; 0 where there is none. */
	readonly mqttPort: number;
	/** Port of the embedded TLS listener; 0 where there is none. */
	readonly mqttsPort: number;
	/** UDP port where probes are sent back; 0 where they are not. */
	readonly echoPort: number;
	readonly store: Store;
	stop(): Promise<void>;
}

const LOCAL = {host: '127.0.0.1', port: 0};
const RETRY_MS = 1000;

/**
 * Starts a collector in this process.
 *
 * Errors: Error that says what could not be opened; what was opened by then is closed again.
 */
export async function startCollector(options: CollectorOptions, clock: NocClock = systemClock): Promise<Collector> {
	const opened: (() => unknown)[] = [];
	const stop = async () => {
		for (const close of opened.splice(0).reverse()) await close();
	};
	try {
		return {...(await open(options, clock, opened)), stop};
	} catch (error) {
		await stop();
		throw error;
	}
}

async function open(
	options: CollectorOptions,
	clock: NocClock,
	opened: (() => unknown)[],
): Promise<Omit<Collector, 'stop'>> {
	const folder = options.dataFolder;
	const limits = {...defaultLimits, ...options.limits};
	const say = options.log ?? (() => {});
	const credentials = options.credentials === undefined ? undefined : new Credentials(options.credentials);
	await mkdir(folder, {recursive: true});
	opened.push(lockFolder(folder, DATABASE));

	let listener: Listener | undefined;
	let external: ExternalClient | undefined;
	const pressing = new Set<'disk' | 'roll'>();
	const press = (by: 'disk' | 'roll', pressed: boolean) => {
		if (pressed) pressing.add(by);
		else pressing.delete(by);
		listener?.press(pressing.size > 0);
		external?.press(pressing.size > 0);
	};
	const log = await MessageLog.open({
		folder,
		clock,
		commitDelayMs: options.commitDelayMs ?? 2,
		retryMs: RETRY_MS,
		maxPendingBytes: limits.maxPendingBytes,
		onPressure: pressed => press('disk', pressed),
		say,
	});
	opened.push(() => log.close());
	const sessions = new Sessions();
	const live = new Live(clock);
	const intake = new Intake({
		clock,
		log,
		maxNodes: limits.maxNodes,
		command(node, payload) {
			sessions.route(topicFor(node, 'cmd'), payload, clock.nowMs());
			external?.send(topicFor(node, 'cmd'), payload);
		},
		onEvent: event => live.tell(event),
	});
	live.attach(intake);
	for (const segment of log.segments) segment.replay((...entry) => intake.replay(...entry));
	const store = await Store.open({
		folder,
		clock,
		log,
		retention: {...defaultRetention, ...options.retention},
		hourly: options.roll !== 'never',
		maxLogBytes: limits.maxLogBytes,
		checkpoint: segment => intake.checkpoint(segment),
		say,
		onPressure: pressed => press('roll', pressed),
	});
	opened.push(() => store.close());
	log.checkpoint(segment => intake.checkpoint(segment));

	const status = new CollectorStatus(intake, log, store, clock.wallMs());
	listener = new Listener(
		{
			clock,
			intake,
			sessions,
			limits,
			async authenticate(username, password, certificateName) {
				if (certificateName !== undefined) return {node: certificateName};
				if (credentials === undefined) return {};
				if (username === undefined || password === undefined) return undefined;
				return (await credentials.verify(username, password)) ? {node: username} : undefined;
			},
			refused: code => status.refused.set(code, (status.refused.get(code) ?? 0) + 1),
			throttled: () => {
				status.throttled++;
			},
			newClientId: () => `anonymous-${randomBytes(8).toString('hex')}`,
		},
		limits.maxConnections,
	);
	const {connections} = listener;
	status.connections = () => connections.size;
	opened.push(() => listener.close());
	const mqttPort = options.mqtt === undefined ? 0 : await listener.listen(options.mqtt);
	const mqttsPort = options.mqtts === undefined ? 0 : await listener.listen(options.mqtts, options.mqtts.tls);
	const echo = options.echo === undefined ? undefined : await startEcho(options.echo);
	if (echo !== undefined) opened.push(() => echo.close());
	if (options.broker !== undefined) {
		const client = new ExternalClient(options.broker, {
			clock,
			intake,
			random: Math.random,
			clientId: await stableId(folder),
			say,
		});
		external = client;
		status.broker = () => ({connected: client.connected, detail: client.detail});
		opened.push(() => client.close());
	}
	const web = options.web === false ? {} : {web: await buildWeb()};
	const companion = options.companion === undefined ? {} : {companion: options.companion};
	const http = await startHttp(options.http ?? LOCAL, {clock, status, live, say, ...web, ...companion});
	opened.push(() => http.close());
	return {httpUrl: http.url, mqttPort, mqttsPort, echoPort: echo?.port ?? 0, store};
}

/** The name a broker keeps our session under: the same after a restart, another for another data folder. */
async function stableId(folder: string): Promise<string> {
	const path = join(folder, 'client-id');
	const known = await readFile(path, 'utf8').catch(() => '');
	if (/^mesh-noc-[0-9a-f]{16}$/.test(known)) return known;
	const made = `mesh-noc-${randomBytes(8).toString('hex')}`;
	await writeFile(path, made);
	return made;
}
