// SPDX-License-Identifier: Apache-2.0
import {render} from 'preact';
import 'uplot/dist/uPlot.min.css';
import './style.css';
import {language, strings} from './format.ts';
import {Logo} from './icons.tsx';
import {collectorState, reachable, route, start} from './model.ts';
import {NodeList} from './node-list.tsx';
import {NodePage} from './node-page.tsx';

function Page() {
	const state = collectorState.value;
	document.title = route.value === undefined ? strings.title : `${route.value} · ${strings.title}`;
	return (
		<>
			<a class="skip" href="#content">
				{strings.skip}
			</a>
			<header>
				<a href="#/" class="brand">
					<Logo />
					{strings.title}
				</a>
			</header>
			{!reachable.value && (
				<p class="banner" role="alert">
					{strings.unreachable}
				</p>
			)}
			{reachable.value && state !== 'ok' && (
				<p class="banner" role="alert">
					{strings.collectorState[state]}
				</p>
			)}
			<main id="content" tabIndex={-1}>
				{route.value === undefined ? <NodeList /> : <NodePage />}
			</main>
		</>
	);
}

document.documentElement.lang = language;
const app = document.getElementById('app');
if (app !== null) {
	app.replaceChildren();
	render(<Page />, app);
	start();
}
