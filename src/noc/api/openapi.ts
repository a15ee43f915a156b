// SPDX-License-Identifier: Apache-2.0
import {SOFTWARE} from '../status.ts';
import {
	DecisionsAnswer,
	ErrorAnswer,
	LatestAnswer,
	LatestQuery,
	NodesAnswer,
	SeriesAnswer,
	SeriesQuery,
	SlotsAnswer,
	StatusAnswer,
} from './schema.ts';

interface QuerySchema {
	readonly required?: readonly string[];
	readonly properties: Readonly<Record<string, object>>;
}

const routes: readonly {path: string; about: string; query?: QuerySchema; answer?: object; type?: string}[] = [
	{path: '/api/v1/nodes', about: 'All nodes and how they are', answer: NodesAnswer},
	{path: '/api/v1/latest', about: 'The newest values of a node', query: LatestQuery, answer: LatestAnswer},
	{path: '/api/v1/decisions', about: 'What a node decided, and why', query: LatestQuery, answer: DecisionsAnswer},
	{path: '/api/v1/slots', about: 'Who may send when, and why', query: LatestQuery, answer: SlotsAnswer},
	{path: '/api/v1/series', about: 'Values over time, down-sampled', query: SeriesQuery, answer: SeriesAnswer},
	{path: '/api/v1/status', about: 'How the collector is', answer: StatusAnswer},
	{path: '/api/v1/events', about: 'Live updates as server-sent events', type: 'text/event-stream'},
	{path: '/metrics', about: 'The newest values of all nodes for Prometheus', type: 'text/plain'},
];

/** The interface as OpenAPI 3.1, made of the same schemas that check and type it. */
export function openApi(): object {
	const failure = {description: 'What was wrong', content: {'application/json': {schema: ErrorAnswer}}};
	const paths = routes.map(({path, about, query, answer, type}) => {
		const schema = answer ?? {type: 'string'};
		const get = {
			summary: about,
			parameters: Object.entries(query?.properties ?? {}).map(([name, parameter]) => ({
				name,
				in: 'query',
				required: query?.required?.includes(name) ?? false,
				...('description' in parameter ? {description: parameter.description} : {}),
				schema: parameter,
			})),
			responses: {
				200: {description: about, content: {[type ?? 'application/json']: {schema}}},
				...(query === undefined ? {} : {400: failure}),
			},
		};
		return [path, {get}] as const;
	});
	return {
		openapi: '3.1.0',
		info: {title: 'mesh-noc', version: SOFTWARE.split(' ')[1], description: 'What the nodes of a mesh report.'},
		paths: Object.fromEntries(paths),
	};
}
