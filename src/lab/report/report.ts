// SPDX-License-Identifier: Apache-2.0
import type {RunRecord} from '../measure/record.ts';
import {metrics} from '../measure/summary.ts';
import {barChart, stairs} from './charts.ts';
import {askers, type Digest, digestsOf} from './digest.ts';
import {meshMap} from './map.ts';
import {element, escaped, number, tableTwin} from './markup.ts';
import {style} from './style.ts';

/** What the methods of `lab channels` are called on a page for everybody. */
const names: Readonly<Record<string, {readonly title: string; readonly about: string}>> = {
	single: {title: 'one channel for all', about: 'Every router uses the same channel, as most meshes do today.'},
	same: {
		title: 'the same few everywhere',
		about: 'Every router has the same few channels; each link uses one of them.',
	},
	random: {title: 'drawn by each', about: 'Every router draws its channels by itself.'},
	acs: {
		title: 'each router for itself',
		about:
			'Every router takes the channels that are least busy where it stands, as automatic selection does. Neighbours may end up without one in common.',
	},
	greedy: {
		title: 'step by step',
		about: 'With the whole mesh in view, again and again the one change that helps most.',
	},
	best: {title: 'the best we found', about: 'Long searching with the whole mesh in view: what there is to gain.'},
	exact: {title: 'the proven best', about: 'The optimum, by an exact solver.'},
	ours: {title: 'Astral Mesh', about: 'Neighbours agree among themselves; nobody has the whole mesh in view.'},
};

const titleOf = (variant: string): string => names[variant]?.title ?? variant;

/** One page that opens without a server: charts and maps as SVG, every number also in a table. */
export function reportPage(records: readonly RunRecord[]): string {
	const digests = digestsOf(records);
	const [first] = digests;
	const scenario = first?.records[0]?.scenario ?? '';
	const body = [
		element(
			'header',
			{},
			element('h1', {}, escaped(scenario)),
			element('p', {class: 'lead'}, escaped(leadOf(digests))),
		),
		element('section', {}, element('h2', {}, 'What was compared'), methodList(digests)),
		element(
			'section',
			{},
			element('h2', {}, 'How much arrives'),
			barChart('All nodes together', 'kbit/s', digests, each => each.estimates.totalKbps, titleOf),
			barChart('The node in the middle', 'kbit/s', digests, each => middleOf(each), titleOf),
			stairs(digests, titleOf),
		),
		element(
			'section',
			{},
			element('h2', {}, 'What gets lost on the air'),
			element(
				'p',
				{},
				'A hidden node is one that the sender cannot hear, but the receiver can: both send at once and neither arrives.',
			),
			barChart('Attempts lost to hidden nodes', 'share', digests, each => each.estimates.hiddenShare, titleOf),
			barChart('Attempts lost to collisions', 'share', digests, each => each.estimates.collisionShare, titleOf),
		),
		element(
			'section',
			{},
			element('h2', {}, 'The mesh'),
			element(
				'p',
				{},
				'Squares lead out. A circle is a node; the filled part is the share of its demand that arrives. A line is a link that was used: the wider, the more air time; broken, where more than three in ten attempts are lost to others. Lines are those of the first run.',
			),
			element('div', {class: 'maps'}, ...digests.map(each => meshMap(each, titleOf(each.variant)))),
		),
		element('section', {}, element('h2', {}, 'All numbers'), numbersTable(digests), madeHow(digests)),
	];
	return `<!doctype html>\n${element(
		'html',
		{lang: 'en'},
		element(
			'head',
			{},
			'<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
			element('title', {}, `${escaped(scenario)}: mesh-lab`),
			element('style', {}, style),
		),
		element('body', {}, element('main', {}, ...body)),
	)}\n`;
}

function middleOf(digest: Digest): {mean: number; halfWidth: undefined} {
	const got = askers(digest)
		.map(place => digest.servedKbps[place] ?? 0)
		.sort((a, b) => a - b);
	return {mean: got[Math.floor(got.length / 2)] ?? 0, halfWidth: undefined};
}

/** What a reader should take away, in a sentence or two. */
function leadOf(digests: readonly Digest[]): string {
	const [first] = digests;
	if (first === undefined) return 'There are no runs in these files.';
	const nodes = askers(first).length;
	const total = (each: Digest): number => each.estimates.totalKbps.mean;
	const best = digests.reduce((most, each) => (total(each) > total(most) ? each : most));
	const asked = `${nodes} nodes ask for ${number(first.askedKbps)} kbit/s each.`;
	if (best === first || total(first) <= 0)
		return `${asked} Most arrives with “${titleOf(best.variant)}”: ${number(total(best))} kbit/s; the node in the middle gets ${number(middleOf(best).mean)}.`;
	return `${asked} “${titleOf(best.variant)}” brings ${number(total(best) / total(first))} times as much through the mesh as “${titleOf(first.variant)}”; the node in the middle gets ${number(middleOf(best).mean)} kbit/s instead of ${number(middleOf(first).mean)}.`;
}

function methodList(digests: readonly Digest[]): string {
	return element(
		'dl',
		{},
		...digests.map(({variant}, i) =>
			[
				element('dt', {}, element('i', {class: `swatch c${i % 8}`}), escaped(titleOf(variant))),
				element('dd', {}, escaped(names[variant]?.about ?? '')),
			].join(''),
		),
	);
}

function numbersTable(digests: readonly Digest[]): string {
	const rows = (Object.keys(metrics) as (keyof typeof metrics)[]).map(metric => [
		`${metrics[metric].title}${metrics[metric].unit === '' ? '' : `, ${metrics[metric].unit}`}`,
		...digests.map(({estimates}) => {
			const {count, mean, halfWidth} = estimates[metric];
			if (count === 0) return '–';
			return `${number(mean)}${halfWidth === undefined ? '' : ` ± ${number(halfWidth)}`}`;
		}),
	]);
	return tableTwin(
		'Means over the seeds, with 95 % confidence intervals',
		['', ...digests.map(each => titleOf(each.variant))],
		rows,
	);
}

function madeHow(digests: readonly Digest[]): string {
	const runs = digests.flatMap(({records}) => records);
	const seeds = new Set(runs.map(({seed}) => seed)).size;
	const seconds = runs[0]?.seconds ?? 0;
	const words = `Simulated by mesh-lab, ${runs[0]?.engine === 'fast' ? 'on the graph of conflicts' : 'packet by packet'}: ${seeds} seeds, ${number(seconds)} seconds each. A simulation knows what it was told: where nodes stand and how well links were measured, not the trees that grew since.`;
	return element('p', {class: 'made'}, escaped(words));
}
