// SPDX-License-Identifier: Apache-2.0
import type {LatestValue} from './api.ts';
import {formatCount, strings} from './format.ts';
import {type RoutingRow, routingRowsOf} from './routing-rows.ts';

/** The routing neighbours and gateways of a node, as they were last reported. */
export function RoutingTable({values}: {values: readonly LatestValue[]}) {
	const rows = routingRowsOf(values);
	if (rows.length === 0) return null;
	const {routing} = strings;
	const isTold = rows.some(({seen}) => seen !== '');
	return (
		<section class="card chart routing" aria-label={routing.title}>
			<div class="chart-head">
				<h2>{routing.title}</h2>
			</div>
			<p class="summary">{summaryOf(rows)}</p>
			{/* biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reachable by keyboard */}
			<section class="twin-scroll" tabIndex={0} aria-label={routing.title}>
				<table>
					<thead>
						<tr>
							<th scope="col">{routing.peer}</th>
							<th scope="col">{routing.protocol}</th>
							<th scope="col">{routing.interface}</th>
							<th scope="col" class="number">
								{routing.metric}
							</th>
							{isTold && <th scope="col">{routing.seen}</th>}
						</tr>
					</thead>
					<tbody>
						{rows.map(row => (
							<tr key={`${row.gateway} ${row.protocol} ${row.peer} ${row.interface}`}>
								<th scope="row">
									{row.peer}
									{row.gateway !== 'none' && <span class="tag">{routing[row.gateway]}</span>}
								</th>
								<td>{row.protocol}</td>
								<td>{row.interface}</td>
								<td class="number">{row.metric}</td>
								{isTold && <td>{row.seen}</td>}
							</tr>
						))}
					</tbody>
				</table>
			</section>
		</section>
	);
}

function summaryOf(rows: readonly RoutingRow[]): string {
	const protocols = [...new Set(rows.map(({protocol}) => protocol))].join(', ');
	const used = rows.find(({gateway}) => gateway === 'used');
	const neighbours = rows.filter(({gateway}) => gateway === 'none').length;
	return strings.summaryRouting(formatCount(neighbours), protocols, used?.peer);
}
