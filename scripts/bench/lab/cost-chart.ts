// SPDX-License-Identifier: Apache-2.0
import type {Cost} from './doubling.ts';

const [WIDTH, HEIGHT] = [760, 470];
const [LEFT, RIGHT, TOP, BOTTOM] = [78, 26, 86, 56];

interface Line {
	readonly label: string;
	readonly className: string;
	readonly value: (cost: Cost) => number;
}

const lines: readonly Line[] = [
	{label: "the fast engine's first hour, all included", className: 'fast', value: ({fastMs}) => fastMs},
	{label: 'of that: places, couplings, ways', className: 'world', value: ({worldMs}) => worldMs},
	{label: 'a second of the packet engine', className: 'packet', value: ({packetMs}) => packetMs},
];

/** A page with one chart: milliseconds over nodes, both doubling along their axes. */
export function costChart(costs: readonly Cost[]): string {
	const all = costs.flatMap(cost => lines.map(({value}) => value(cost)));
	const low = 10 ** Math.floor(Math.log10(Math.min(...all)));
	const high = 10 ** Math.ceil(Math.log10(Math.max(...all)));
	const [first, last] = [costs[0]?.nodes ?? 1, costs.at(-1)?.nodes ?? 2];
	const x = (nodes: number): number =>
		LEFT + ((WIDTH - LEFT - RIGHT) * Math.log2(nodes / first)) / Math.log2(last / first);
	const y = (ms: number): number =>
		HEIGHT - BOTTOM - ((HEIGHT - TOP - BOTTOM) * Math.log10(ms / low)) / Math.log10(high / low);
	const decades = Array.from({length: Math.round(Math.log10(high / low)) + 1}, (_, i) => low * 10 ** i);
	const grid = decades.map(
		ms =>
			`<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(ms)}" y2="${y(ms)}"/>` +
			`<text class="tick" x="${LEFT - 10}" y="${y(ms) + 4}" text-anchor="end">${timeText(ms)}</text>`,
	);
	const ticks = costs.map(
		({nodes}) =>
			`<text class="tick" x="${x(nodes)}" y="${HEIGHT - BOTTOM + 20}" text-anchor="middle">${nodes.toLocaleString('en')}</text>`,
	);
	const drawn = lines.map(({className, value}) => {
		const points = costs.map(cost => `${x(cost.nodes).toFixed(1)} ${y(value(cost)).toFixed(1)}`);
		const dots = costs.map(cost => `<circle cx="${x(cost.nodes)}" cy="${y(value(cost))}" r="3.5"/>`);
		return `<g class="${className}"><path d="M${points.join('L')}"/>${dots.join('')}</g>`;
	});
	const legend = lines.map(
		({label, className}, i) =>
			`<g class="${className}"><path d="M${LEFT} ${40 + 16 * i}h22"/>` +
			`<text class="tick" x="${LEFT + 30}" y="${44 + 16 * i}">${label}</text></g>`,
	);
	return `<!doctype html><meta charset="utf-8"><meta name="color-scheme" content="light dark"><style>${style}</style>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}">
<text class="title" x="${LEFT}" y="22">What a mesh costs as its nodes double, at the same density and load</text>
${[...grid, ...ticks, ...legend, ...drawn].join('\n')}
<text class="tick" x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 12}" text-anchor="middle">nodes</text>
</svg>`;
}

function timeText(ms: number): string {
	return ms < 1 ? `${Number((1000 * ms).toPrecision(2))} µs` : ms < 1000 ? `${ms} ms` : `${ms / 1000} s`;
}

const style = `
:root { --ground: #fff; --ink: #1c2327; --muted: #5d6870; --grid: #e6e9e8; --a: #0f6fae; --b: #3f9d79; --c: #d9772b; }
@media (prefers-color-scheme: dark) {
	:root { --ground: #131719; --ink: #e5e9ea; --muted: #98a4ab; --grid: #262d31; --a: #58a9e6; --b: #56c79b; --c: #ee9a54; }
}
body { margin: 0; background: var(--ground); }
text { font: 13px "DejaVu Sans", sans-serif; fill: var(--muted); }
.title { font-size: 15px; font-weight: 600; fill: var(--ink); }
.grid { stroke: var(--grid); }
path { fill: none; stroke-width: 2.4; }
.fast { stroke: var(--a); fill: var(--a); } .world { stroke: var(--b); fill: var(--b); } .packet { stroke: var(--c); fill: var(--c); }
.world path { stroke-dasharray: 5 4; }
g text { stroke: none; }
`;
