// SPDX-License-Identifier: Apache-2.0
import {useState} from 'preact/hooks';
import {formatMoment, strings} from './format.ts';
import type {Panel} from './panels.ts';

const MOST_ROWS = 60;

/** The chart's figures as a table, made when it is opened; long ranges in as many rows as can be read. */
export function TableTwin({panel}: {panel: Panel}) {
	const [open, setOpen] = useState(false);
	return (
		<details class="twin" onToggle={event => setOpen(event.currentTarget.open)}>
			<summary>{strings.table}</summary>
			{open && <Rows panel={panel} />}
		</details>
	);
}

function Rows({panel}: {panel: Panel}) {
	const {lines, format, stacked, fromMs, stepMs, title} = panel;
	const count = lines[0]?.values.length ?? 0;
	const every = Math.max(1, Math.ceil(count / MOST_ROWS));
	const rows: {timeMs: number; cells: (number | undefined)[]}[] = [];
	for (let start = 0; start < count; start += every) {
		const cells = lines.map(({values}) => meanOf(values.slice(start, start + every)));
		if (cells.some(cell => cell !== undefined)) rows.push({timeMs: fromMs + start * stepMs, cells});
	}
	rows.reverse();
	const total = (cells: readonly (number | undefined)[]) => cells.reduce<number>((sum, cell) => sum + (cell ?? 0), 0);
	return (
		// biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reachable by keyboard
		<section class="twin-scroll" tabIndex={0} aria-label={title}>
			<table>
				<thead>
					<tr>
						<th scope="col">{strings.time}</th>
						{lines.map(line => (
							<th scope="col" key={line.label} class="number">
								{line.label}
							</th>
						))}
						{stacked && (
							<th scope="col" class="number">
								{strings.total}
							</th>
						)}
					</tr>
				</thead>
				<tbody>
					{rows.map(({timeMs, cells}) => (
						<tr key={timeMs}>
							<th scope="row">{formatMoment(timeMs, stepMs, count * stepMs)}</th>
							{cells.map((cell, i) => (
								<td key={lines[i]?.label} class="number">
									{cell === undefined ? '–' : (lines[i]?.format ?? format)(cell)}
								</td>
							))}
							{stacked && <td class="number">{format(total(cells))}</td>}
						</tr>
					))}
				</tbody>
			</table>
		</section>
	);
}

function meanOf(values: readonly (number | null | undefined)[]): number | undefined {
	const numbers = values.filter(value => typeof value === 'number');
	return numbers.length === 0 ? undefined : numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
}
