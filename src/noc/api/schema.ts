// SPDX-License-Identifier: Apache-2.0
import Type, {type Static} from 'typebox';
import {SlotPicture} from '../ingest/slots.ts';

// The shapes of the HTTP interface, said once: they check what comes in, type what goes out, and are the public JSON Schema.

const timeMs = (description: string) => Type.Integer({minimum: 0, description: `${description}, ms since 1970 UTC`});
const labels = Type.Record(Type.String(), Type.String(), {description: 'What tells series of one name apart'});
const nodeName = Type.String({pattern: '^[A-Za-z0-9_-]{1,48}$', description: "The node's name"});

export const NodeSummary = Type.Object({
	node: nodeName,
	state: Type.Union([Type.Literal('online'), Type.Literal('late'), Type.Literal('offline'), Type.Literal('silent')], {
		description: 'online: samples come as announced; late: some are missing; offline; silent: no sample yet',
	}),
	firstSeenMs: timeMs('When the collector first heard of it'),
	lastSeenMs: timeMs('Its last message'),
	lastSampleMs: Type.Optional(timeMs('Time of its last sample')),
	software: Type.Optional(Type.String()),
	intervalMs: Type.Optional(Type.Integer()),
	boot: Type.Optional(Type.Integer({description: 'Drawn anew when its agent starts'})),
	series: Type.Integer({description: 'Series it reports'}),
	connections: Type.Integer({description: 'Open MQTT connections of the embedded listener'}),
	clock: Type.Object({
		unset: Type.Boolean({description: 'It did not know the time at its last sample'}),
		skewMs: Type.Optional(Type.Number({description: "Its clock minus the collector's, network delay included"})),
	}),
	counts: Type.Object({
		samples: Type.Integer(),
		duplicates: Type.Integer({description: 'Frames delivered more than once'}),
		gaps: Type.Integer({description: 'Frames that did not follow and were dropped'}),
		decodeErrors: Type.Integer(),
		keyframeRequests: Type.Integer(),
	}),
});
export type NodeSummary = Static<typeof NodeSummary>;

export const NodesAnswer = Type.Object({timeMs: timeMs('When this was answered'), nodes: Type.Array(NodeSummary)});

export const LatestQuery = Type.Object({node: nodeName});
export const LatestAnswer = Type.Object({
	node: nodeName,
	values: Type.Array(
		Type.Object({
			name: Type.String(),
			labels,
			unit: Type.String(),
			kind: Type.Union([Type.Literal('gauge'), Type.Literal('counter')]),
			value: Type.Number(),
			timeMs: timeMs('When it was measured'),
		}),
	),
});

export const DecisionsAnswer = Type.Object({
	node: nodeName,
	decisions: Type.Array(
		Type.Object({
			timeMs: timeMs('When it was decided'),
			subject: Type.String({description: 'The radio, or the router'}),
			text: Type.String({description: 'What was decided and why, as the router says it'}),
		}),
		{description: 'The last ones since the collector started, the newest last'},
	),
});
export type DecisionsAnswer = Static<typeof DecisionsAnswer>;

export const SlotsAnswer = Type.Object({
	node: nodeName,
	radios: Type.Array(Type.Object({...SlotPicture.properties, timeMs: timeMs('When it was told')}), {
		description: 'Of each radio the last that was told since the collector started',
	}),
});
export type SlotsAnswer = Static<typeof SlotsAnswer>;

export const ErrorAnswer = Type.Object({
	error: Type.Object({
		code: Type.String({description: 'A stable word'}),
		message: Type.String(),
		path: Type.Optional(Type.String({description: 'The parameter'})),
	}),
});
export type ErrorAnswer = Static<typeof ErrorAnswer>;

const column = Type.Array(Type.Union([Type.Number(), Type.Null()]), {
	description: 'One value a step, from fromMs on; null where there is none',
});

export const SeriesQuery = Type.Object(
	{
		name: Type.String({minLength: 1, maxLength: 1000, description: 'Names of series, separated by commas'}),
		node: Type.Optional(Type.String({description: 'Names of nodes, separated by commas; all when absent'})),
		from: Type.Optional(timeMs('Begin; an hour before `to` when absent')),
		to: Type.Optional(timeMs('End; now when absent')),
		step: Type.Optional(
			Type.Integer({minimum: 1000, description: 'Width of a step in ms; about 300 steps when absent'}),
		),
		rate: Type.Optional(Type.Boolean({description: 'Counters as units per second'})),
	},
	{description: 'Any other parameter is a label that the series must carry, for example radio=phy0'},
);

export const SeriesAnswer = Type.Object({
	fromMs: timeMs('Begin, moved down to a whole step'),
	toMs: timeMs('End, moved up to a whole step'),
	stepMs: Type.Integer({description: 'Width of a step, raised to what is kept for that time'}),
	series: Type.Array(
		Type.Object({
			node: nodeName,
			name: Type.String(),
			labels,
			unit: Type.String(),
			kind: Type.Union([Type.Literal('gauge'), Type.Literal('counter'), Type.Literal('rate'), Type.Literal('derived')]),
			min: column,
			mean: column,
			max: column,
		}),
	),
});
export type SeriesAnswer = Static<typeof SeriesAnswer>;

const health = Type.Object({
	state: Type.Union([Type.Literal('ok'), Type.Literal('disk-full'), Type.Literal('failing')]),
	detail: Type.String(),
});

export const StatusAnswer = Type.Object({
	state: Type.Union([Type.Literal('ok'), Type.Literal('disk-full'), Type.Literal('failing'), Type.Literal('broker')], {
		description: 'The worst of what follows; broker: the external broker cannot be reached',
	}),
	software: Type.String(),
	startedMs: timeMs('When the collector started'),
	log: Type.Object({
		...health.properties,
		segments: Type.Integer(),
		bytes: Type.Integer({description: 'Messages on the disk that are not rolled yet'}),
		commits: Type.Integer(),
	}),
	roll: Type.Object({
		...health.properties,
		times: Type.Integer(),
		last: Type.Optional(
			Type.Object({
				atMs: timeMs('When it ended'),
				tookMs: Type.Number(),
				samples: Type.Integer(),
				chunkBytes: Type.Integer(),
				rollupBytes: Type.Integer(),
			}),
		),
	}),
	database: Type.Optional(
		Type.Object({bytes: Type.Integer(), chunkBytes: Type.Integer(), rollupBytes: Type.Integer()}),
	),
	connections: Type.Integer(),
	broker: Type.Optional(Type.Object({connected: Type.Boolean(), detail: Type.String()})),
	refused: Type.Record(Type.String(), Type.Integer(), {description: 'Rules broken by clients, by MQTT 5 reason code'}),
	throttled: Type.Integer({description: 'Times a client was made to wait'}),
});
export type StatusAnswer = Static<typeof StatusAnswer>;
