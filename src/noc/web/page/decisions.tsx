// SPDX-License-Identifier: Apache-2.0
import type {Decision} from './api.ts';
import {formatMoment, strings} from './format.ts';

const SHOWN = 20;
const DAY_MS = 86_400_000;

/** What a router decided about its channels, in the words of its own page; nothing where it decided nothing. */
export function Decisions({decisions}: {decisions: readonly Decision[]}) {
	if (decisions.length === 0) return null;
	const newest = decisions.slice(-SHOWN).reverse();
	return (
		<section class="card decisions" aria-label={strings.decisions}>
			<h2>{strings.decisions}</h2>
			<p class="summary">{strings.decisionsHint(decisions.length)}</p>
			{/* biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reachable by keyboard */}
			<section class="decisions-scroll" tabIndex={0} aria-label={strings.decisions}>
				<ol>
					{newest.map(({timeMs, subject, text}, i) => (
						<li key={`${timeMs} ${subject} ${i}`}>
							<time dateTime={new Date(timeMs).toISOString()}>{formatMoment(timeMs, 1000, ageMs(timeMs))}</time>{' '}
							<strong>{subject}</strong> {text}
						</li>
					))}
				</ol>
			</section>
		</section>
	);
}

/** Days are said where it was not today. */
function ageMs(timeMs: number): number {
	return new Date(timeMs).toDateString() === new Date().toDateString() ? 0 : 2 * DAY_MS;
}
