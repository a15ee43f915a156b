// SPDX-License-Identifier: Apache-2.0
import {randomBytes} from 'node:crypto';
import {mkdir} from 'node:fs/promises';
import {topicFor} from '../wire/report/topic.ts';
import {startHttp} from './api/http.ts';
import {type NocClock, systemClock} from './clock.ts';
import {Credentials} from './ingest/authorisation.ts';
import {Intake, type IntakeEvent} from './ingest/intake.ts';
import {Listener} from './ingest/listener.ts';
import {Sessions} from './ingest/session.ts';
import {type CollectorOptions, defaultLimits} from './options.ts';
import {MessageLog} from './store/message-log.ts';

export interface Collector {
	readonly httpUrl: string;
	/** Port of the embedded listener; 0 where there is none. */
	readonly mqttPort: number;
	/** Port of the embedded TLS listener; 0 where there is none. */
	readonly mqttsPort: number;
	stop(): Promise<void>;
}

const LOCAL = {host: '127.0.0.1', port: 0};

/** Starts a collector in this process. Errors: Error that says what could not be opened. */
export async function startCollector(options: CollectorOptions, clock: NocClock = systemClock): Promise<Collector> {
	const limits = {...defaultLimits, ...options.limits};
	await mkdir(options.dataFolder, {recursive: true});
	const sessions = new Sessions();
	const credentials = options.credentials === undefined ? undefined : new Credentials(options.credentials);
	const watchers = new Set<(event: IntakeEvent) => void>();
	let listener: Listener | undefined;
	const log = await MessageLog.open({
		folder: options.dataFolder,
		clock,
		commitDelayMs: options.commitDelayMs ?? 2,
		retryMs: 1000,
		maxPendingBytes: limits.maxPendingBytes,
		onPressure: pressed => listener?.press(pressed),
	});
	const intake = new Intake({
		clock,
		log,
		maxNodes: limits.maxNodes,
		command: (node, payload) => sessions.route(topicFor(node, 'cmd'), payload, clock.nowMs()),
		onEvent: event => {
			for (const watcher of watchers) watcher(event);
		},
	});
	for (const segment of log.segments)
		segment.replay((kind, node, receivedMs, payload) => intake.replay(kind, node, receivedMs, payload));
	intake.checkpoint(log.active);
	const refusals = new Map<number, number>();
	let throttledTimes = 0;
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
			refused: code => refusals.set(code, (refusals.get(code) ?? 0) + 1),
			throttled: () => {
				throttledTimes++;
			},
			newClientId: () => `anonymous-${randomBytes(8).toString('hex')}`,
		},
		limits.maxConnections,
	);
	const mqttPort = options.mqtt === undefined ? 0 : await listener.listen(options.mqtt);
	const mqttsPort = options.mqtts === undefined ? 0 : await listener.listen(options.mqtts, options.mqtts.tls);
	const http = await startHttp(options.http ?? LOCAL, {clock, intake, log});
	void throttledTimes;
	return {
		httpUrl: http.url,
		mqttPort,
		mqttsPort,
		async stop() {
			await listener.close();
			await http.close();
			await log.close();
		},
	};
}
