/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is done to every FFT sample, which src/model/spectrum/{fold,window}.ts also have as scripts, where one bin costs a
 * thousand instructions. The globals
 *
 *   foldBins(bytes, at, from, to, shift, totalDbm, maxExponent, levels, found, tables)      the crest
 *   addSamples(bytes, at, centreMhz, startUs, counters, levels, lists, tables)   where those end that were taken
 */
#include "words.h"

/* As in src/model/spectrum/level.ts and fold.ts. */
enum { LEVELS = 168, LOWEST_DBM = -168, HALF_DB = 4, BIT_EIGHTHS = 48, BELONGS = 81, FOUND_SIZE = 3 };
enum { BYTES = 256, MANTISSA_BITS = 7, MANTISSAS = 1 << MANTISSA_BITS, TABLE_SIZE = BYTES + MANTISSAS + 32 };
enum { MOST_BINS = 512, MOST_SHIFT = 8, MOST_TOTAL_DBM = 100000, MOST_EXPONENT = 255 };

static int32_t power_eighths(const int16_t *tables, uint32_t power)
{
	int octave = 31 - __builtin_clz(power);
	uint32_t mantissa = octave >= MANTISSA_BITS ? power >> (octave - MANTISSA_BITS) : power << (MANTISSA_BITS - octave);

	return tables[BYTES + MANTISSAS + octave] + tables[BYTES + (mantissa & (MANTISSAS - 1))];
}

/* Bins of one sample, or of a half of it, and what a pass over them comes to. */
struct fold {
	const uint8_t *bins;
	int32_t from, to, shift, total_dbm, exponent;
	uint16_t *levels;
	const int16_t *tables;
	int32_t peak, first, last;
};

/* How many times the mean power the strongest bin has. */
static int32_t fold_one(struct fold *of)
{
	const uint8_t *bins = of->bins;
	const int16_t *tables = of->tables;
	int32_t from = of->from, to = of->to, peak = from, most = 0;
	uint32_t sum = 0;

	for (int32_t i = from; i < to; i++) {
		int32_t bin = bins[i];

		sum += (uint32_t)(bin * bin);
		if (bin > most) {
			most = bin;
			peak = i;
		}
	}
	int32_t offset = (of->total_dbm - LOWEST_DBM) * 8 - power_eighths(tables, sum == 0 ? (uint32_t)(to - from) : sum) + HALF_DB;
	int32_t highest = LEVELS * 8 - 1 - (most == 0 ? 0 : tables[most]);

	offset = offset > highest ? highest : offset;
	offset = offset < 0 ? 0 : offset;
	int32_t zero = sum == 0 ? offset : offset - BIT_EIGHTHS * of->exponent;
	int32_t belongs = most * BELONGS >> 8, first = peak, last = peak;

	zero = zero < 0 ? 0 : zero;
	for (int32_t i = from; i < to; i++) {
		int32_t bin = bins[i];

		of->levels[(i >> of->shift) * LEVELS + ((bin == 0 ? zero : tables[bin] + offset) >> 3)]++;
		if (bin <= belongs)
			continue;
		first = i < first ? i : first;
		last = i;
	}
	of->peak = peak;
	of->first = first;
	of->last = last;
	return sum == 0 ? 0 : (int32_t)((uint32_t)(to - from) * (uint32_t)(most * most) / sum);
}

enum { AT, FROM, TO, SHIFT, TOTAL_DBM, EXPONENT, NUMBERS };

SCRIPT_FUNCTION(fold_bins)
{
	size_t length, level_count, found_count, table_count;
	int32_t number[NUMBERS];
	const uint8_t *bytes = JS_GetUint8Array(context, &length, values[0]);
	uint16_t *levels = bytes == NULL ? NULL : array_elements(context, values[7], sizeof(uint16_t), &level_count);
	int32_t *found = levels == NULL ? NULL : array_elements(context, values[8], sizeof(int32_t), &found_count);
	const int16_t *tables = found == NULL ? NULL : array_elements(context, values[9], sizeof(int16_t), &table_count);

	if (tables == NULL)
		return JS_EXCEPTION;
	for (int i = 0; i < NUMBERS; i++)
		if (JS_ToInt32(context, &number[i], values[1 + i]))
			return JS_EXCEPTION;
	int32_t from = number[FROM], to = number[TO], shift = number[SHIFT], total = number[TOTAL_DBM], exponent = number[EXPONENT];

	if (from < 0 || to <= from || to > MOST_BINS || number[AT] < 0 || (size_t)number[AT] + (size_t)to > length || shift < 0 ||
	    shift > MOST_SHIFT || ((size_t)(to - 1) >> shift) >= level_count / LEVELS || found_count < FOUND_SIZE ||
	    table_count < TABLE_SIZE || total < -MOST_TOTAL_DBM || total > MOST_TOTAL_DBM || exponent < 0 || exponent > MOST_EXPONENT)
		return JS_ThrowRangeError(context, "bins beyond their array");
	struct fold fold = {bytes + number[AT], from, to, shift, total, exponent, levels, tables, 0, 0, 0};
	int32_t crest = fold_one(&fold);

	found[0] = fold.peak;
	found[1] = fold.first;
	found[2] = fold.last;
	return JS_NewInt32(context, crest);
}

/* As in src/model/spectrum/window.ts. */
enum { SAMPLES, NOISE_SUM, NARROW, WIDE, NARROW_RSSI_SUM, SPAN_US, LAST_US, RUN_START_US, RUN_END_US, LAST_PLACE, NARROW_BINS, EDGE_BINS, COUNTERS };
enum { WINDOW_BINS = 128, WIDTHS = 32, STEPS = 32, DURATIONS = 24, PHASES = 16 };
enum { WIDTHS_AT = WINDOW_BINS, STEPS_AT = WIDTHS_AT + WIDTHS, RUNS_AT = STEPS_AT + STEPS, GAPS_AT = RUNS_AT + DURATIONS };
enum { ALL_50 = GAPS_AT + DURATIONS, ALL_60 = ALL_50 + PHASES, NARROW_50 = ALL_60 + PHASES, NARROW_60 = NARROW_50 + PHASES };
enum { LISTS = NARROW_60 + PHASES, SAMPLE_LIMIT = 16000, ON_DB = 8, CREST = 12, ADJACENT_US = 5000 };
enum { QUIET, WIDE_KIND, NARROW_KIND };

/* As in src/wire/spectral/sample.ts. */
enum { HT20_BINS = 56, HT20_DATA = 20, HT20_BYTES = HT20_DATA + HT20_BINS, HT20_LENGTH = HT20_BYTES - 3, HIGHEST_EXPONENT = 15 };

static int kind_of(int32_t *counters, uint16_t *lists, const struct fold *fold, int32_t rssi_db)
{
	int32_t width = fold->last - fold->first + 1;
	bool is_at_edge = fold->first < 2 || fold->last >= HT20_BINS - 2;

	if (width > counters[NARROW_BINS] || (is_at_edge && width > counters[EDGE_BINS])) {
		if (rssi_db < ON_DB)
			return QUIET;
		counters[WIDE]++;
		return WIDE_KIND;
	}
	int32_t before = counters[LAST_PLACE], step = before < fold->peak ? fold->peak - before : before - fold->peak;

	lists[fold->peak]++;
	lists[WIDTHS_AT + (width < WIDTHS ? width : WIDTHS - 1)]++;
	if (before >= 0)
		lists[STEPS_AT + (step < STEPS ? step : STEPS - 1)]++;
	counters[LAST_PLACE] = fold->peak;
	counters[NARROW]++;
	counters[NARROW_RSSI_SUM] += rssi_db;
	return NARROW_KIND;
}

static void count_duration(uint16_t *durations, int32_t us)
{
	int bits = us == 0 ? 0 : 32 - __builtin_clz((uint32_t)us);

	durations[bits < DURATIONS ? bits : DURATIONS - 1]++;
}

static void place_in_time(int32_t *counters, uint16_t *lists, int32_t since_us, int kind)
{
	int32_t step_us = since_us - counters[LAST_US];
	int at50 = since_us % 20000 * 838 >> 20, at60 = since_us % 16667 * 1006 >> 20;

	counters[LAST_US] = since_us;
	if (since_us > counters[SPAN_US])
		counters[SPAN_US] = since_us;
	lists[ALL_50 + at50]++;
	lists[ALL_60 + at60]++;
	if (step_us > ADJACENT_US || step_us < 0)
		counters[RUN_START_US] = counters[RUN_END_US] = -1;
	int32_t run_start_us = counters[RUN_START_US], run_end_us = counters[RUN_END_US];

	if (kind == NARROW_KIND) {
		lists[NARROW_50 + at50]++;
		lists[NARROW_60 + at60]++;
		counters[RUN_END_US] = since_us;
		if (run_start_us >= 0)
			return;
		counters[RUN_START_US] = since_us;
		if (run_end_us >= 0)
			count_duration(lists + GAPS_AT, since_us - run_end_us);
	} else if (run_start_us >= 0) {
		count_duration(lists + RUNS_AT, run_end_us - run_start_us);
		counters[RUN_START_US] = counters[LAST_PLACE] = -1;
	}
}

static bool is_ht20_header(const uint8_t *at)
{
	return at[0] == 1 && at[1] == 0 && at[2] == HT20_LENGTH;
}

SCRIPT_FUNCTION(add_samples)
{
	size_t length, counter_count, level_count, list_count, table_count;
	const uint8_t *bytes = JS_GetUint8Array(context, &length, values[0]);
	int32_t *counters = bytes == NULL ? NULL : array_elements(context, values[4], sizeof(int32_t), &counter_count);
	uint16_t *levels = counters == NULL ? NULL : array_elements(context, values[5], sizeof(uint16_t), &level_count);
	uint16_t *lists = levels == NULL ? NULL : array_elements(context, values[6], sizeof(uint16_t), &list_count);
	const int16_t *tables = lists == NULL ? NULL : array_elements(context, values[7], sizeof(int16_t), &table_count);
	uint32_t at;
	int32_t centre_mhz;
	int64_t start_us;

	if (tables == NULL || JS_ToUint32(context, &at, values[1]) || JS_ToInt32(context, &centre_mhz, values[2]) ||
	    JS_ToInt64(context, &start_us, values[3]))
		return JS_EXCEPTION;
	if (counter_count < COUNTERS || level_count < HT20_BINS * LEVELS || list_count < LISTS || table_count < TABLE_SIZE)
		return JS_ThrowRangeError(context, "a window's arrays are too short");
	for (; at <= length && length - at >= HT20_BYTES + 3 && counters[SAMPLES] < SAMPLE_LIMIT; at += HT20_BYTES) {
		const uint8_t *sample = bytes + at;
		int64_t since_us = (int64_t)read64(sample + 12, false) - start_us;
		int32_t rssi_db = (int8_t)sample[6], noise_dbm = (int8_t)sample[7];

		if (!is_ht20_header(sample) || !is_ht20_header(sample + HT20_BYTES) || (sample[4] << 8 | sample[5]) != centre_mhz ||
		    sample[3] > HIGHEST_EXPONENT || since_us < 0 || since_us > INT32_MAX)
			break;
		struct fold fold = {sample + HT20_DATA, 0, HT20_BINS, 0, noise_dbm + rssi_db, sample[3], levels, tables, 0, 0, 0};
		int32_t crest = fold_one(&fold);

		counters[SAMPLES]++;
		counters[NOISE_SUM] += noise_dbm;
		place_in_time(counters, lists, (int32_t)since_us, rssi_db < ON_DB && crest < CREST ? QUIET : kind_of(counters, lists, &fold, rssi_db));
	}
	return JS_NewUint32(context, at);
}

int spectral_setup(JSContext *context, JSValueConst global)
{
	if (JS_SetPropertyStr(context, global, "foldBins", JS_NewCFunction(context, fold_bins, "foldBins", 10)) < 0)
		return -1;
	return JS_SetPropertyStr(context, global, "addSamples", JS_NewCFunction(context, add_samples, "addSamples", 8));
}
