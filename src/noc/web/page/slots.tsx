// SPDX-License-Identifier: Apache-2.0
import type {RadioSlots} from './api.ts';
import {formatCount, formatMicroseconds, formatMilliseconds, formatShare, strings} from './format.ts';

type Run = RadioSlots['open'][number];

interface Row {
	readonly name: string;
	/** How its slots look; this router's stand out, open ones are hollow. */
	readonly look: 'own' | 'other' | 'open';
	readonly runs: readonly Run[];
}

/** Who may send when on each radio's channel, and why, in the words of the router; nothing where time is not divided. */
export function Slots({radios}: {radios: readonly RadioSlots[]}) {
	return radios.map(radio => <RadioCard key={radio.radio} of={radio} />);
}

function RadioCard({of}: {of: RadioSlots}) {
	const {radio, state, sentences, slots, slotUs} = of;
	const title = strings.slots.title(radio);
	const [first = '', ...others] = sentences;
	const rows = rowsOf(of);
	// Where there is no gate there is nothing to draw, and a reason.
	const isCut = slots > 1;
	return (
		<section class="card slots" aria-label={title}>
			<div class="chart-head">
				<h2>{title}</h2>
				<p>
					{isCut && strings.slots.cut(formatCount(slots), formatMilliseconds(slotUs / 1000))}
					<span class="tag">{(strings.slots.state as Readonly<Record<string, string>>)[state] ?? state}</span>
				</p>
			</div>
			<p class="summary">{first}</p>
			{isCut && <Superframe of={of} rows={rows} />}
			{others.map((sentence, i) => (
				<p key={`${i} ${sentence}`} class="slot-why">
					{sentence}
				</p>
			))}
			<Figures of={of} />
			{isCut && (
				<details class="twin">
					<summary>{strings.table}</summary>
					<Table rows={rows} slots={slots} title={title} />
				</details>
			)}
		</section>
	);
}

function Superframe({of: {slots, slotUs}, rows}: {of: RadioSlots; rows: readonly Row[]}) {
	return (
		<figure aria-hidden="true">
			{rows.map((row, i) => (
				<Strip key={`${i} ${row.name}`} row={row} slots={slots} />
			))}
			<div class="slot-row slot-axis">
				<span />
				<span>
					<span>0</span>
					<span>{formatMilliseconds((slots * slotUs) / 2000)}</span>
					<span>{formatMilliseconds((slots * slotUs) / 1000)}</span>
				</span>
			</div>
		</figure>
	);
}

function rowsOf({routers, open}: RadioSlots): readonly Row[] {
	return [
		...routers.map(({router, own}, i): Row => {
			const name = i === 0 ? strings.slots.itself : router;
			return {name, look: i === 0 ? 'own' : 'other', runs: own};
		}),
		{name: strings.slots.open, look: 'open', runs: open},
	];
}

const HEIGHT = 10;
/** A loss of less is drawn as little. */
const LEAST_SCALE = 0.1;

function Strip({row: {name, look, runs}, slots}: {row: Row; slots: number}) {
	const lines = Array.from({length: slots - 1}, (_, slot) => `M${slot + 1} 0V${HEIGHT}`).join('');
	return (
		<div class={`slot-row slot-${look}`}>
			<span>{name}</span>
			<svg viewBox={`0 0 ${slots} ${HEIGHT}`} preserveAspectRatio="none" role="presentation">
				{runs.map(([first, count], i) => (
					<rect key={`${i} ${first}`} x={first} y={0} width={count} height={HEIGHT} />
				))}
				<path d={lines} />
			</svg>
		</div>
	);
}

function Figures({of: {errorUs, lossBefore, lossNow}}: {of: RadioSlots}) {
	const {slots} = strings;
	if ([errorUs, lossBefore, lossNow].every(value => value === undefined)) return null;
	const most = Math.max(LEAST_SCALE, lossBefore ?? 0, lossNow ?? 0);
	return (
		<dl class="facts">
			{errorUs !== undefined && (
				<div>
					<dt>{slots.error}</dt>
					<dd>{formatMicroseconds(errorUs)}</dd>
				</div>
			)}
			<Loss term={slots.before} share={lossBefore} most={most} look="before" />
			<Loss term={slots.now} share={lossNow} most={most} look="now" />
		</dl>
	);
}

/** Both losses are drawn to one scale. */
function Loss({term, share, most, look}: {term: string; share: number | undefined; most: number; look: string}) {
	if (share === undefined) return null;
	return (
		<div class={`loss loss-${look}`}>
			<dt>{term}</dt>
			<dd>
				{formatShare(share)}
				<svg viewBox={`0 0 ${most} 1`} preserveAspectRatio="none" role="presentation">
					<rect width={share} height="1" />
				</svg>
			</dd>
		</div>
	);
}

function Table({rows, slots, title}: {rows: readonly Row[]; slots: number; title: string}) {
	const share = (runs: readonly Run[]) => runs.reduce((sum, [, count]) => sum + count, 0) / slots;
	return (
		// biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reachable by keyboard
		<section class="twin-scroll" tabIndex={0} aria-label={title}>
			<table>
				<thead>
					<tr>
						<th scope="col">{strings.slots.whose}</th>
						<th scope="col">{strings.slots.which}</th>
						<th scope="col" class="number">
							{strings.slots.share}
						</th>
					</tr>
				</thead>
				<tbody>
					{rows.map(({name, runs}, i) => (
						<tr key={`${i} ${name}`}>
							<th scope="row">{name}</th>
							<td>{textOf(runs)}</td>
							<td class="number">{formatShare(share(runs))}</td>
						</tr>
					))}
				</tbody>
			</table>
		</section>
	);
}

/** Slots as people count them: `1–6, 12`. */
function textOf(runs: readonly Run[]): string {
	if (runs.length === 0) return '–';
	return runs.map(([first, count]) => (count === 1 ? `${first + 1}` : `${first + 1}–${first + count}`)).join(', ');
}
