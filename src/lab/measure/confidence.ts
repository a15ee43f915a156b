// SPDX-License-Identifier: Apache-2.0

/** A mean and how far off it may be. */
export interface Estimate {
	readonly count: number;
	readonly mean: number;
	/** Half the width of the 95 % confidence interval; undefined for fewer than two values. */
	readonly halfWidth: number | undefined;
}

/** Two-sided 95 % quantiles of Student's t for 1 to 30 degrees of freedom. Source: any statistical table. */
const studentT = [
	12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
	2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];
const NORMAL = 1.96;

/** Validity: values that are independent and not far from normal: means over many packets are. */
export function estimate(values: readonly number[]): Estimate {
	const count = values.length;
	const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, count);
	if (count < 2) return {count, mean, halfWidth: undefined};
	const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
	const t = studentT[count - 2] ?? NORMAL;
	return {count, mean, halfWidth: t * Math.sqrt(variance / count)};
}

/** Whether a difference of paired values is more than chance, at 95 %. */
export function isCertain({mean, halfWidth}: Estimate): boolean {
	return halfWidth !== undefined && Math.abs(mean) > halfWidth;
}
