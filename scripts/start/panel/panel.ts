// SPDX-License-Identifier: Apache-2.0
// In the browser: the panel of the simulated world under the collector's page. Its own elements only; of the page it uses
// nothing but the colours.
import type {WorldPortrait} from '../../../src/lab/world/portrait.ts';

interface State {
	readonly ready: boolean;
	readonly about?: string;
	readonly situation?: string;
	readonly situations?: readonly {readonly name: string; readonly about: string}[];
	readonly map?: WorldPortrait;
}

const EVERY_MS = 2000;
const SVG = 'http://www.w3.org/2000/svg';
const [WIDTH, HEIGHT, EDGE, ROOM_FOR_NAME] = [560, 320, 34, 70];

const panel = document.createElement('aside');
panel.className = 'lab';
panel.setAttribute('aria-label', 'Simulated world');
panel.hidden = true;
const heading = element('h2', 'Simulated world');
const note = element('p', 'These routers are simulated. The buttons change their world, and the mesh reacts.');
note.className = 'quiet';
const about = element('p', '');
const buttons = element('div', '');
buttons.className = 'lab-buttons';
buttons.setAttribute('role', 'group');
buttons.setAttribute('aria-label', 'What happens');
const said = element('p', '');
said.className = 'lab-said';
said.setAttribute('role', 'status');
const text = element('div', '');
text.append(heading, note, about, buttons, said);
const map = document.createElementNS(SVG, 'svg');
map.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
map.setAttribute('role', 'img');
panel.append(text, map);
document.body.append(panel);

function element(tag: string, content: string): HTMLElement {
	const made = document.createElement(tag);
	made.textContent = content;
	return made;
}

function shape(tag: string, attributes: Readonly<Record<string, string | number>>, title?: string): SVGElement {
	const made = document.createElementNS(SVG, tag);
	for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
	if (title !== undefined) {
		const child = document.createElementNS(SVG, 'title');
		child.textContent = title;
		made.append(child);
	}
	return made;
}

function drawMap({nodes, links, interferers}: WorldPortrait): void {
	const all = [...nodes, ...interferers];
	const range = (values: readonly number[]): [number, number] => [Math.min(...values), Math.max(...values)];
	const [left, right] = range(all.map(({xM}) => xM));
	const [low, high] = range(all.map(({yM}) => yM));
	const scale = Math.min(
		(WIDTH - 2 * EDGE - ROOM_FOR_NAME) / Math.max(1, right - left),
		(HEIGHT - 2 * EDGE) / Math.max(1, high - low),
	);
	const x = (xM: number): number => (WIDTH - ROOM_FOR_NAME) / 2 + (xM - (left + right) / 2) * scale;
	const y = (yM: number): number => HEIGHT / 2 - (yM - (low + high) / 2) * scale;
	const busiest = Math.max(1, ...links.map(({carriedKbps}) => carriedKbps));
	map.setAttribute('aria-label', describe({nodes, links, interferers}));
	map.replaceChildren(
		...links.map(({one, other, snrDb, carriedKbps, lostShare}) => {
			const [a, b] = [nodes[one], nodes[other]];
			const quality = lostShare > 0.5 ? 'bad' : lostShare > 0.2 ? 'fair' : 'good';
			const names = `${a?.name} – ${b?.name}`;
			const figures = `${Math.round(carriedKbps)} kbit/s, ${Math.round(100 * lostShare)} % lost, SNR ${Math.round(snrDb)} dB`;
			return shape(
				'line',
				{
					class: carriedKbps < 1 ? 'lab-idle' : `lab-${quality}`,
					x1: x(a?.xM ?? 0),
					y1: y(a?.yM ?? 0),
					x2: x(b?.xM ?? 0),
					y2: y(b?.yM ?? 0),
					'stroke-width': 1.5 + 5 * Math.sqrt(carriedKbps / busiest),
				},
				`${names}: ${figures}`,
			);
		}),
		...interferers
			.filter(({isOn}) => isOn)
			.flatMap(({name, kind, xM, yM, isUsual}) => [
				shape(
					'path',
					{class: isUsual ? 'lab-usual' : 'lab-interferer', d: burst(x(xM), y(yM))},
					`${name}: ${kind}${isUsual ? ', always there' : ''}`,
				),
				label(x(xM), y(yM), name, isUsual ? 'lab-interferer-name lab-usual' : 'lab-interferer-name'),
			]),
		...nodes.flatMap(({name, xM, yM, isUp, isGateway, busyShare}) => [
			shape(
				'circle',
				{
					class: isUp ? (isGateway ? 'lab-node lab-gateway' : 'lab-node') : 'lab-node lab-down',
					cx: x(xM),
					cy: y(yM),
					r: isGateway ? 9 : 7,
				},
				isUp ? `${name}: channel ${Math.round(100 * busyShare)} % busy` : `${name}: no power`,
			),
			label(x(xM), y(yM), isUp ? name : `${name} †`, 'lab-name'),
		]),
	);
}

function label(x: number, y: number, name: string, className: string): SVGElement {
	const made = shape('text', {class: className, x: x + 13, y: y + 5});
	made.append(name);
	return made;
}

/** A star with eight points. */
function burst(x: number, y: number): string {
	const point = (turn: number): string => {
		const radius = turn % 2 === 0 ? 11 : 5;
		const angle = (Math.PI * turn) / 8;
		return `${(x + radius * Math.sin(angle)).toFixed(1)} ${(y - radius * Math.cos(angle)).toFixed(1)}`;
	};
	return `M${Array.from({length: 16}, (_, turn) => point(turn)).join('L')}Z`;
}

function describe({nodes, links, interferers}: WorldPortrait): string {
	const down = nodes.filter(({isUp}) => !isUp).map(({name}) => name);
	const on = interferers.filter(({isOn}) => isOn).map(({name}) => name);
	return [
		`Map of the simulated mesh: ${nodes.length} nodes, ${links.length} links`,
		`without power: ${down.join(', ') || 'none'}`,
		`interferers: ${on.join(', ') || 'none'}`,
	].join('; ');
}

function show(state: State): void {
	if (!state.ready || state.map === undefined) return;
	panel.hidden = false;
	about.textContent = state.about ?? '';
	const list = state.situations ?? [];
	if (buttons.childElementCount !== list.length)
		buttons.replaceChildren(
			...list.map(({name, about: words}) => {
				const button = document.createElement('button');
				button.type = 'button';
				button.dataset.name = name;
				button.textContent = words;
				button.addEventListener('click', () => void ask(name));
				return button;
			}),
		);
	for (const button of buttons.children)
		if (button instanceof HTMLElement)
			button.setAttribute('aria-pressed', String(button.dataset.name === state.situation));
	drawMap(state.map);
}

async function read(): Promise<void> {
	try {
		const response = await fetch('/lab/state');
		if (response.ok) show((await response.json()) as State);
	} catch {
		// The collector is away; the page says so itself, and this asks again.
	}
	setTimeout(() => void read(), EVERY_MS);
}

async function ask(name: string): Promise<void> {
	try {
		const response = await fetch('/lab/situation', {
			method: 'POST',
			headers: {'Content-Type': 'application/json'},
			body: JSON.stringify({name}),
		});
		const answer = (await response.json()) as State & {readonly error?: {readonly message: string}};
		said.textContent = answer.error?.message ?? '';
		show(answer);
	} catch {
		said.textContent = 'The simulation does not answer.';
	}
}

void read();
