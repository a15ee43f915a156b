/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loops over all series of a report, which src/wire/report/columns.ts and frame.ts also have as a script, where one
 * series costs a thousand instructions. The globals
 *
 *   gatherColumns(rows, stamp, marks, scales, out, at)   where the next column goes, or -1: a series is new
 *   packValues(values, previous, keyframe, reserved)     so many bytes of nothing, the bitmap, the varints; or undefined
 */
#include "words.h"

enum { ROWS_COUNT, ROWS_STRIDE = 3, ROWS_HEADER = 5 };
enum { MARK_UNSEEN = 1, MARK_PLACED = 2 };
enum { VARINT_BYTES = 8 };

#define MAX_FRAME_VALUE 2251799813685247.0 /* 2^51 - 1 */
#define NOTHING __builtin_nan("")

/* Processors without a floating-point unit compute in calls of a hundred instructions; most needs only a look at the bits. */
static uint64_t bits_of(double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits;
}

enum { MANTISSA_BITS = 52, EXPONENT_BIAS = 1023, LARGEST_EXPONENT = 50 };
#define SIGN_BIT (1ULL << 63)
#define BITS_OF_ONE ((uint64_t)EXPONENT_BIAS << MANTISSA_BITS)
#define BITS_OF_INFINITY (0x7ffULL << MANTISSA_BITS)

static bool is_nothing(double value)
{
	return (bits_of(value) & ~SIGN_BIT) > BITS_OF_INFINITY;
}

/* Whether it is whole, below 2^51 either way, and not zero. */
static bool is_plain(double value)
{
	uint64_t bits = bits_of(value);
	int exponent = (int)(bits >> MANTISSA_BITS & 0x7ff) - EXPONENT_BIAS;

	return exponent >= 0 && exponent <= LARGEST_EXPONENT && bits << (64 - MANTISSA_BITS + exponent) == 0;
}

/* To a whole number as Math.round does it, halves upwards. NaN for what no frame carries. */
static double scaled(double value, double scale)
{
	if (bits_of(scale) != BITS_OF_ONE)
		value *= scale;
	if (is_plain(value))
		return value;
	if (!(value <= MAX_FRAME_VALUE + 1 && value >= -MAX_FRAME_VALUE - 1))
		return NOTHING;
	int64_t integer = (int64_t)value;

	if ((double)integer > value)
		integer--;
	if (value - (double)integer >= 0.5)
		integer++;
	return integer > (int64_t)MAX_FRAME_VALUE || integer < -(int64_t)MAX_FRAME_VALUE ? NOTHING : (double)integer;
}

SCRIPT_FUNCTION(gather_columns)
{
	size_t length, mark_count, column_count, out_count;
	const double *rows = array_elements(context, values[0], sizeof(double), &length);
	const uint8_t *marks = rows == NULL ? NULL : JS_GetUint8Array(context, &mark_count, values[2]);
	const double *scales = marks == NULL ? NULL : array_elements(context, values[3], sizeof(double), &column_count);
	double *out = scales == NULL ? NULL : array_elements(context, values[4], sizeof(double), &out_count);
	double stamp;
	uint32_t at;

	if (out == NULL || JS_ToFloat64(context, &stamp, values[1]) || JS_ToUint32(context, &at, values[5]))
		return JS_EXCEPTION;
	size_t stride = length < ROWS_HEADER ? 0 : (size_t)rows[ROWS_STRIDE];
	size_t row_count = stride == 0 ? 0 : (size_t)rows[ROWS_COUNT];

	if (row_count > 0 && (column_count >= stride || row_count > (length - ROWS_HEADER) / stride || row_count * column_count > mark_count))
		return JS_NewInt32(context, -1);
	for (size_t i = 0; i < row_count; i++) {
		const double *row = rows + ROWS_HEADER + i * stride;
		bool is_fresh = row[0] == stamp;

		for (size_t column = 0; column < column_count; column++) {
			uint8_t mark = *marks++;

			if (mark == 0 || (mark == MARK_UNSEEN && !is_fresh))
				continue;
			double value = is_fresh && !is_nothing(row[1 + column]) ? scaled(row[1 + column], scales[column]) : NOTHING;

			if (mark == MARK_UNSEEN) {
				if (!is_nothing(value))
					return JS_NewInt32(context, -1);
			} else if (at < out_count)
				out[at++] = value;
		}
	}
	return JS_NewUint32(context, at);
}

static uint8_t *put_varint(uint8_t *at, uint64_t value)
{
	for (; value >= 128; value >>= 7)
		*at++ = (uint8_t)(value | 128);
	*at++ = (uint8_t)value;
	return at;
}

static uint64_t zigzag(int64_t value)
{
	return value < 0 ? 2 * (uint64_t)-value - 1 : 2 * (uint64_t)value;
}

SCRIPT_FUNCTION(pack_values)
{
	size_t series_count, before_count;
	const double *numbers = array_elements(context, values[0], sizeof(double), &series_count);
	double *previous = numbers == NULL ? NULL : array_elements(context, values[1], sizeof(double), &before_count);
	uint32_t reserved;

	if (previous == NULL || JS_ToUint32(context, &reserved, values[3]))
		return JS_EXCEPTION;
	bool keyframe = JS_ToBool(context, values[2]) > 0;
	size_t bitmap_bytes = (series_count + 7) / 8;

	if (series_count != before_count || reserved > SCRATCH_BYTES ||
	    bitmap_bytes + series_count * VARINT_BYTES > SCRATCH_BYTES - reserved)
		return JS_UNDEFINED;
	uint8_t *bitmap = scratch + reserved, *at = bitmap + bitmap_bytes;

	memset(scratch, 0, reserved + bitmap_bytes);
	for (size_t i = 0; i < series_count; i++) {
		double value = numbers[i], before = previous[i];

		/* Most stand still, and what was written before is known to fit. */
		if (!keyframe && bits_of(value) == bits_of(before))
			continue;
		bool is_there = is_plain(value) || (value <= MAX_FRAME_VALUE && value >= -MAX_FRAME_VALUE);
		bool was_there = !is_nothing(before);

		previous[i] = is_there ? value : NOTHING;
		if (keyframe) {
			if (!is_there)
				continue;
			at = put_varint(at, zigzag((int64_t)value));
		} else {
			if (is_there ? was_there && value == before : !was_there)
				continue;
			at = put_varint(at, !is_there    ? 0
					    : !was_there ? 1 + zigzag((int64_t)value)
							 : zigzag((int64_t)value - (int64_t)before));
		}
		bitmap[i / 8] |= (uint8_t)(1 << i % 8);
	}
	return JS_NewUint8ArrayCopy(context, scratch, (size_t)(at - scratch));
}

int frame_setup(JSContext *context, JSValueConst global)
{
	if (JS_SetPropertyStr(context, global, "gatherColumns", JS_NewCFunction(context, gather_columns, "gatherColumns", 6)) < 0)
		return -1;
	return JS_SetPropertyStr(context, global, "packValues", JS_NewCFunction(context, pack_values, "packValues", 4));
}
