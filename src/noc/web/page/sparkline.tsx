// SPDX-License-Identifier: Apache-2.0

const WIDTH = 132;
const HEIGHT = 28;

/** A small curve of shares from 0 to 1. The number beside it says the same. */
export function Sparkline({values}: {values: readonly (number | null)[]}) {
	const step = WIDTH / Math.max(1, values.length - 1);
	let line = '';
	let area = '';
	let startX: string | undefined;
	let lastX = '0';
	const close = () => {
		if (startX !== undefined) area += `L${lastX} ${HEIGHT}L${startX} ${HEIGHT}Z`;
		startX = undefined;
	};
	for (const [i, value] of values.entries()) {
		if (value === null) {
			close();
			continue;
		}
		const x = (i * step).toFixed(1);
		const y = (HEIGHT - 1 - value * (HEIGHT - 2)).toFixed(1);
		line += `${startX === undefined ? 'M' : 'L'}${x} ${y}`;
		area += `${startX === undefined ? 'M' : 'L'}${x} ${y}`;
		startX ??= x;
		lastX = x;
	}
	close();
	return (
		<svg
			class="spark"
			viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
			aria-hidden="true"
			focusable="false"
			preserveAspectRatio="none"
		>
			<path class="spark-base" d={`M0 ${HEIGHT - 0.5}H${WIDTH}`} />
			<path class="spark-area" d={area} />
			<path class="spark-line" d={line} />
		</svg>
	);
}
