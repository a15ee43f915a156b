/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pass over the bins of an FFT sample, which src/model/spectrum/fold.ts also has as a script, where one bin costs a
 * thousand instructions. The global
 *
 *   foldBins(bytes, at, from, to, shift, totalDbm, maxExponent, levels, found, tables)   the crest
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
	const uint8_t *bins = bytes + number[AT];
	uint32_t sum = 0;
	int32_t peak = from, most = 0;

	for (int32_t i = from; i < to; i++) {
		int32_t bin = bins[i];

		sum += (uint32_t)(bin * bin);
		if (bin > most) {
			most = bin;
			peak = i;
		}
	}
	int32_t offset = (total - LOWEST_DBM) * 8 - power_eighths(tables, sum == 0 ? (uint32_t)(to - from) : sum) + HALF_DB;
	int32_t highest = LEVELS * 8 - 1 - (most == 0 ? 0 : tables[most]);

	offset = offset > highest ? highest : offset;
	offset = offset < 0 ? 0 : offset;
	int32_t zero = sum == 0 ? offset : offset - BIT_EIGHTHS * exponent;
	int32_t belongs = most * BELONGS >> 8, first = peak, last = peak;

	zero = zero < 0 ? 0 : zero;
	for (int32_t i = from; i < to; i++) {
		int32_t bin = bins[i];

		levels[(i >> shift) * LEVELS + ((bin == 0 ? zero : tables[bin] + offset) >> 3)]++;
		if (bin <= belongs)
			continue;
		first = i < first ? i : first;
		last = i;
	}
	found[0] = peak;
	found[1] = first;
	found[2] = last;
	return JS_NewInt32(context, sum == 0 ? 0 : (int32_t)((uint32_t)(to - from) * (uint32_t)(most * most) / sum));
}

int spectral_setup(JSContext *context, JSValueConst global)
{
	return JS_SetPropertyStr(context, global, "foldBins", JS_NewCFunction(context, fold_bins, "foldBins", 10));
}
