// SPDX-License-Identifier: Apache-2.0
import {english, type Strings, stringsFor} from './strings.ts';

const chosen = stringsFor(globalThis.navigator?.languages ?? []);
export const strings: Strings = chosen.strings ?? english;
const {language} = chosen;

const whole = new Intl.NumberFormat(language, {maximumFractionDigits: 0});
const three = new Intl.NumberFormat(language, {maximumSignificantDigits: 3});
const two = new Intl.NumberFormat(language, {minimumFractionDigits: 2, maximumFractionDigits: 2});
const narrow = ' ';

/** A number as a reader wants it, with its unit. */
export type Format = (value: number) => string;

export const formatCount: Format = value => whole.format(value);
export const formatLoad: Format = value => two.format(value);
export const formatDbm: Format = value => `${whole.format(value).replace('-', '−')}${narrow}dBm`;

export const formatRatio: Format = value => two.format(value);
export const formatPerSecond: Format = value => strings.perSecond(three.format(value));
export const formatMilliseconds: Format = value => `${three.format(value)}${narrow}ms`;
export const formatMicroseconds: Format = value =>
	value < 1000 ? `${whole.format(value)}${narrow}µs` : formatMilliseconds(value / 1000);

const megahertz = new Intl.NumberFormat(language, {maximumFractionDigits: 1, useGrouping: false});
export const formatMhz: Format = value => `${megahertz.format(value)}${narrow}MHz`;

export const formatShare: Format = value => {
	const percent = value * 100;
	return `${percent > 0 && percent < 1 ? three.format(Math.round(percent * 10) / 10) : whole.format(percent)}${narrow}%`;
};

const PREFIXES = ['', 'k', 'M', 'G', 'T'];

function scaled(value: number, step: number, unit: string): string {
	let place = 0;
	let rest = value;
	while (Math.abs(rest) >= step * 0.9995 && place < PREFIXES.length - 1) {
		rest /= step;
		place++;
	}
	return `${three.format(rest)}${narrow}${PREFIXES[place]}${unit}`;
}

export const formatBitRate: Format = value => scaled(value, 1000, 'bit/s');
export const formatBytes: Format = value => scaled(value, 1000, 'B');

export function formatAge(ageMs: number): string {
	const seconds = Math.max(0, Math.round(ageMs / 1000));
	if (seconds < 2) return strings.justNow;
	if (seconds < 90) return strings.seconds(seconds);
	if (seconds < 5400) return strings.minutes(Math.round(seconds / 60));
	if (seconds < 129_600) return strings.hours(Math.round(seconds / 3600));
	return strings.days(Math.round(seconds / 86_400));
}

export function formatSpan(seconds: number): string {
	const days = Math.floor(seconds / 86_400);
	const hours = Math.floor((seconds % 86_400) / 3600);
	const minutes = Math.floor((seconds % 3600) / 60);
	if (days > 0) return `${days} d ${hours} h`;
	if (hours > 0) return `${hours} h ${minutes} min`;
	return minutes > 0 ? `${minutes} min` : `${Math.floor(seconds)} s`;
}

const clock = new Intl.DateTimeFormat(language, {hour: '2-digit', minute: '2-digit', hour12: false});
const precise = new Intl.DateTimeFormat(language, {
	hour: '2-digit',
	minute: '2-digit',
	second: '2-digit',
	hour12: false,
});
const dated = new Intl.DateTimeFormat(language, {
	month: 'short',
	day: 'numeric',
	hour: '2-digit',
	minute: '2-digit',
	hour12: false,
});
const day = new Intl.DateTimeFormat(language, {month: 'short', day: 'numeric'});

/** A moment on a chart's axis: dates where the chart spans days. */
export function formatTick(timeMs: number, spanMs: number): string {
	if (spanMs > 2 * 86_400_000) return day.format(timeMs);
	return clock.format(timeMs);
}

export function formatMoment(timeMs: number, stepMs: number, spanMs: number): string {
	if (spanMs > 86_400_000) return dated.format(timeMs);
	return (stepMs < 60_000 ? precise : clock).format(timeMs);
}

export {language};
