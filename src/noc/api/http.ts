// SPDX-License-Identifier: Apache-2.0
import {type HttpBindings, serve} from '@hono/node-server';
import {type Context, Hono} from 'hono';
import {streamSSE} from 'hono/streaming';
import Type, {type Static, type TSchema} from 'typebox';
import {Compile} from 'typebox/compile';
import type {NocClock} from '../clock.ts';
import type {ListenAddress} from '../ingest/listener.ts';
import {latestValues} from '../latest.ts';
import type {Companion} from '../options.ts';
import type {CollectorStatus} from '../status.ts';
import type {WebFiles} from '../web/build.ts';
import {type Live, type LiveMessage, MAX_WATCHERS} from './live.ts';
import {nodeMetrics} from './metrics.ts';
import {nodeSummary} from './node-summary.ts';
import {openApi} from './openapi.ts';
import {ownMetrics, ownMetricsText} from './own-metrics.ts';
import {type ErrorAnswer, LatestQuery, SeriesQuery} from './schema.ts';
import {answerSeries, RefusedQuery} from './series.ts';

export interface HttpServices {
	readonly clock: NocClock;
	readonly status: CollectorStatus;
	readonly live: Live;
	/** Absent: no page is served. */
	readonly web?: WebFiles;
	readonly companion?: Companion;
	say(line: string): void;
}

// Nothing from elsewhere, nothing inline: the page is its own files and its own API.
const POLICY =
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const HOUR_MS = 3_600_000;
const USUAL_STEPS = 300;
const KEEP_ALIVE_MS = 15_000;
const seriesParameters = new Set(Object.keys(SeriesQuery.properties));

export function httpApp(services: HttpServices): Hono {
	const {clock, status, live, web, companion} = services;
	const {intake, store} = status;
	const registry = ownMetrics(status, () => clock.wallMs());
	const app = new Hono();
	app.use(async (context, next) => {
		await next();
		context.header('Content-Security-Policy', POLICY);
		context.header('X-Content-Type-Options', 'nosniff');
		context.header('Referrer-Policy', 'no-referrer');
		if (context.req.path.startsWith('/api/')) context.header('Cache-Control', 'no-store');
	});
	app.onError((error, context) => {
		if (error instanceof RefusedQuery) return fail(context, 400, error.code, error.message, error.path);
		services.say(`${context.req.method} ${context.req.path}: ${error.message}`);
		return fail(context, 500, 'internal', 'the collector failed to answer; its log says why');
	});
	app.notFound(context => fail(context, 404, 'not-found', `there is nothing at ${context.req.path}`));
	app.get('/api/v1/nodes', context => {
		const timeMs = clock.wallMs();
		return context.json({timeMs, nodes: [...intake.nodes.values()].map(record => nodeSummary(record, timeMs))});
	});
	const checkLatest = checker(LatestQuery);
	app.get('/api/v1/latest', context => {
		const {node} = checkLatest(context.req.query());
		const record = intake.nodes.get(node);
		if (record === undefined) return fail(context, 404, 'not-found', `no node ${node} is known`, 'node');
		return context.json({node, values: latestValues(record)});
	});
	app.get('/api/v1/decisions', context => {
		const {node} = checkLatest(context.req.query());
		const record = intake.nodes.get(node);
		if (record === undefined) return fail(context, 404, 'not-found', `no node ${node} is known`, 'node');
		return context.json({node, decisions: record.decisions});
	});
	app.get('/api/v1/slots', context => {
		const {node} = checkLatest(context.req.query());
		const record = intake.nodes.get(node);
		if (record === undefined) return fail(context, 404, 'not-found', `no node ${node} is known`, 'node');
		return context.json({node, radios: [...record.slots.values()]});
	});
	const checkSeries = checker(SeriesQuery);
	app.get('/api/v1/series', async context => {
		const query = checkSeries(context.req.query());
		const toMs = query.to ?? clock.wallMs();
		const fromMs = query.from ?? toMs - HOUR_MS;
		const labels = Object.entries(context.req.query()).filter(([key]) => !seriesParameters.has(key));
		const nodes = query.node?.split(',').filter(name => name !== '');
		return context.json(
			await answerSeries(
				store,
				{
					names: [...new Set(query.name.split(',').filter(name => name !== ''))],
					...(nodes === undefined ? {} : {nodes}),
					labels: Object.fromEntries(labels),
					fromMs,
					toMs,
					stepMs: query.step ?? Math.max(1000, Math.ceil((toMs - fromMs) / USUAL_STEPS / 1000) * 1000),
					rate: query.rate ?? false,
				},
				intake.nodes.size,
			),
		);
	});
	app.get('/api/v1/status', async context => context.json(await status.answer()));
	const description = openApi();
	app.get('/api/v1/openapi.json', context => context.json(description));
	app.get('/api/v1/events', context => {
		if (live.watchers >= MAX_WATCHERS) return fail(context, 503, 'busy', 'too many live pages');
		return streamSSE(context, stream => follow(stream, live, context.req.query('node'), clock));
	});
	app.get('/metrics', async context => {
		const text = nodeMetrics(intake.nodes.values(), clock.wallMs()) + (await ownMetricsText(registry));
		return context.body(text, 200, {'Content-Type': 'text/plain; version=0.0.4; charset=utf-8'});
	});
	if (companion !== undefined) app.all(`${companion.prefix}*`, context => companion.answer(context.req.raw));
	if (web !== undefined) serveFiles(app, web, companion?.head ?? '');
	return app;
}

/** `head` goes into the page that is served at the root. */
function serveFiles(app: Hono, web: WebFiles, head: string): void {
	for (const [path, {bytes, type, immutable}] of web) {
		const body = path === '/' ? Buffer.from(Buffer.from(bytes).toString().replace('</head>', `${head}</head>`)) : bytes;
		app.get(path, context =>
			context.body(new Uint8Array(body), 200, {
				'Content-Type': type,
				'Cache-Control': immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
			}),
		);
	}
}

interface EventStream {
	writeSSE(message: LiveMessage): Promise<void>;
	onAbort(listener: () => void): void;
}

/** Holds the stream open until the page goes. A page that does not keep up misses updates, and gets the next ones. */
function follow(stream: EventStream, live: Live, node: string | undefined, clock: NocClock): Promise<void> {
	return new Promise(resolve => {
		let busy = 0;
		const send = (message: LiveMessage) => {
			if (busy > 100) return;
			busy++;
			void stream.writeSSE(message).finally(() => {
				busy--;
			});
		};
		const stop = live.watch(node, send);
		let cancel = () => {};
		const beat = () => {
			send({event: 'beat', data: '{}'});
			cancel = clock.after(KEEP_ALIVE_MS, beat);
		};
		beat();
		stream.onAbort(() => {
			stop();
			cancel();
			resolve();
		});
	});
}

type Status = 400 | 404 | 500 | 503;

function fail(context: Context, status: Status, code: string, message: string, path?: string): Response {
	const answer: ErrorAnswer = {error: path === undefined ? {code, message} : {code, message, path}};
	return context.json(answer, status);
}

/** Checks query parameters against a schema: numbers and booleans are read from their text. */
function checker<S extends TSchema & {properties: Record<string, TSchema>}>(
	schema: S,
): (query: Record<string, string>) => Static<S> {
	const compiled = Compile(schema);
	return query => {
		const values: Record<string, unknown> = {};
		for (const [name, property] of Object.entries(schema.properties)) {
			const text = query[name];
			if (text !== undefined) values[name] = readText(text, property);
		}
		if (compiled.Check(values)) return values as Static<S>;
		const [first] = compiled.Errors(values);
		const path = first?.instancePath.slice(1) ?? '';
		const missing = Object.keys(schema.properties).find(
			name => (schema as {required?: string[]}).required?.includes(name) && values[name] === undefined,
		);
		if (missing !== undefined) throw new RefusedQuery('missing', missing, `the parameter ${missing} is missing`);
		throw new RefusedQuery('type', path, `${path} ${first?.message ?? 'is not valid'}`);
	};
}

function readText(text: string, property: TSchema): unknown {
	if (Type.IsInteger(property)) return /^-?\d{1,16}$/.test(text) ? Number(text) : text;
	if (Type.IsBoolean(property))
		return text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : text;
	return text;
}

/** Opens the HTTP side. Errors: as net.Server. */
export async function startHttp(
	address: ListenAddress,
	services: HttpServices,
): Promise<{url: string; close(): Promise<void>}> {
	const app = httpApp(services);
	return new Promise((resolve, reject) => {
		const server = serve({fetch: app.fetch, hostname: address.host, port: address.port}, bound => {
			const host = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address;
			const reachable = host === '0.0.0.0' || host === '[::]' ? 'localhost' : host;
			resolve({
				url: `http://${reachable}:${bound.port}`,
				close: () =>
					new Promise(done => {
						server.close(() => done());
						if ('closeAllConnections' in server) server.closeAllConnections();
					}),
			});
		});
		server.once('error', reject);
	});
}

export type {HttpBindings};
